using System.Collections.Concurrent;

namespace Lathe.Ir;

/// <summary>
/// A formula for one number: a hash-consed graph of ten kinds of node, fixed for good. Operators, encodings, schedules and passes
/// only combine them. Dimensions and loop bounds are the same expressions over named symbols.
/// </summary>
/// <remarks>Nodes are made by the operators and functions of this class, which fold constants and check types; equal formulas are one object.</remarks>
public abstract class Expr : IEquatable<Expr>
{
    private static readonly ConcurrentDictionary<Expr, Expr> Made = new();
    private const int MostKept = 1 << 21;
    private static int kept;

    private readonly int hash;

    private protected Expr(Scalar type, Seq<Expr> children, int payload, int levels = 1)
    {
        (Type, Children) = (type, children);
        Depth = levels + (children.Count == 0 ? 0 : children.Max(child => child.Depth));
        hash = HashCode.Combine(GetType().Name.Length, (int)type, payload, children);
    }

    /// <summary>The kind of number this is; indices are i64.</summary>
    public Scalar Type { get; }

    public Seq<Expr> Children { get; }

    /// <summary>How deep it nests, which is how deep those go that walk it. A function that targets replace by formulas of several levels counts as some.</summary>
    public int Depth { get; }

    /// <summary>What index algebra found out about this node, kept because nodes are shared and never change.</summary>
    internal Tuple<long, long>? KnownRange { get; set; }
    internal Expr? KnownSimplest { get; set; }
    internal Linear? KnownLinear { get; set; }
    /// <summary>The formula as text, for a stable order of terms.</summary>
    internal string Tie => field ??= ToString();
    /// <summary>Creation order of the innermost axis it depends on; -1 where it depends on none.</summary>
    internal long Rank => rank != long.MinValue ? rank : rank = this is Axis a ? a.Order : Free.Count > 0 ? Free.Max(x => (long)x.Order) : -1;
    private long rank = long.MinValue;

    /// <summary>The loop indices this depends on that no reduction inside binds.</summary>
    public IReadOnlySet<Axis> Free => field ??= FindFree();

    /// <summary>The value of a literal whole number.</summary>
    /// <exception cref="InvalidOperationException">This is not a literal.</exception>
    public long Whole => this is Number { IsReal: false } n ? n.Integer : throw new InvalidOperationException($"{this} is not a whole number known here");

    public static implicit operator Expr(int value) => new Number(Scalar.I64, value).Shared();
    public static implicit operator Expr(long value) => new Number(Scalar.I64, value).Shared();
    public static implicit operator Expr(double value) => new Number(Scalar.F64, value).Shared();
    public static implicit operator Expr(bool value) => new Number(Scalar.Bool, value ? 1 : 0).Shared();

    public static Expr operator +(Expr a, Expr b) => Binary.Of(Operator.Add, a, b);
    public static Expr operator -(Expr a, Expr b) => Binary.Of(Operator.Subtract, a, b);
    public static Expr operator *(Expr a, Expr b) => Binary.Of(Operator.Multiply, a, b);
    public static Expr operator /(Expr a, Expr b) => Binary.Of(Operator.Divide, a, b);
    public static Expr operator %(Expr a, Expr b) => Binary.Of(Operator.Modulo, a, b);
    public static Expr operator -(Expr a) => a is Number n ? n.Negated() : a.Type.IsReal ? a * -1.0 : 0 - a;
    public static Expr operator <(Expr a, Expr b) => Binary.Of(Operator.Less, a, b);
    public static Expr operator >(Expr a, Expr b) => Binary.Of(Operator.Less, b, a);
    public static Expr operator <=(Expr a, Expr b) => Binary.Of(Operator.LessOrEqual, a, b);
    public static Expr operator >=(Expr a, Expr b) => Binary.Of(Operator.LessOrEqual, b, a);
    public static Expr operator &(Expr a, Expr b) => Binary.Of(Operator.And, a, b);
    public static Expr operator |(Expr a, Expr b) => Binary.Of(Operator.Or, a, b);
    public static Expr operator ^(Expr a, Expr b) => Binary.Of(Operator.Xor, a, b);
    public static Expr operator <<(Expr a, Expr b) => Binary.Of(Operator.ShiftLeft, a, b);
    public static Expr operator >>(Expr a, Expr b) => Binary.Of(Operator.ShiftRight, a, b);
    public static Expr Same(Expr a, Expr b) => Binary.Of(Operator.Equal, a, b);
    public static Expr Not(Expr a) => Call.Of(Function.Not, a);

    public static Expr Select(Expr condition, Expr yes, Expr no) => Call.Of(Function.Select, condition, yes, no);
    public static Expr Min(Expr a, Expr b) => Call.Of(Function.Min, a, b);
    public static Expr Max(Expr a, Expr b) => Call.Of(Function.Max, a, b);
    public static Expr Clamp(Expr x, Expr low, Expr high) => Min(Max(x, low), high);
    public static Expr Fma(Expr a, Expr b, Expr c) => Call.Of(Function.Fma, a, b, c);
    public static Expr Ahead(Expr x, Expr later) => Call.Of(Function.Ahead, x, later);
    public static Expr Abs(Expr x) => Call.Of(Function.Abs, x);
    public static Expr Floor(Expr x) => Call.Of(Function.Floor, x);
    public static Expr Round(Expr x) => Call.Of(Function.Round, x);
    public static Expr Sqrt(Expr x) => Call.Of(Function.Sqrt, x);
    public static Expr Exp(Expr x) => Call.Of(Function.Exp, x);
    public static Expr Log(Expr x) => Call.Of(Function.Log, x);
    public static Expr Tanh(Expr x) => Call.Of(Function.Tanh, x);
    public static Expr Pow(Expr x, Expr exponent) => Call.Of(Function.Pow, x, exponent);

    /// <summary>This number as another kind: wraps between whole numbers; real to whole truncates toward zero, saturates, and makes NaN 0; real to real rounds to nearest even.</summary>
    public Expr As(Scalar to) => Cast.Of(to, this);

    /// <summary>The same bits as another kind of equal width.</summary>
    public Expr BitsAs(Scalar to) => to == Type ? this : new Bitcast(to, this).Shared();

    /// <summary>Folds <paramref name="body"/> over fresh axes of the given extents.</summary>
    public static Expr Reduce(ReduceKind kind, Shape extents, Func<Seq<Expr>, Expr> body)
    {
        Seq<Axis> axes = [.. extents.Select(extent => new Axis("k", extent))];
        return Ir.Reduce.Of(kind, axes, body([.. axes]));
    }

    public static Expr Sum(Shape extents, Func<Seq<Expr>, Expr> body) => Reduce(ReduceKind.Sum, extents, body);
    public static Expr Largest(Shape extents, Func<Seq<Expr>, Expr> body) => Reduce(ReduceKind.Max, extents, body);

    /// <summary>This node over other children, folded and checked anew.</summary>
    public abstract Expr With(Seq<Expr> children);

    /// <summary>This formula with parts replaced; null keeps a part and looks inside it. Each shared part is asked about once.</summary>
    public Expr Replace(Func<Expr, Expr?> part)
    {
        var done = new Dictionary<Expr, Expr>(ReferenceEqualityComparer.Instance);
        return Visit(this);
        Expr Visit(Expr e)
        {
            if (done.TryGetValue(e, out var known)) return known;
            if (part(e) is { } other) return done[e] = other;
            if (e.Children.Count == 0) return done[e] = e;
            var (changed, children) = (false, new Expr[e.Children.Count]);
            for (var i = 0; i < children.Length; i++) changed |= !ReferenceEquals(children[i] = Visit(e.Children[i]), e.Children[i]);
            return done[e] = changed ? e.With([.. children]) : e;
        }
    }

    /// <summary>This formula with expressions in place of axes.</summary>
    public Expr Substitute(params IEnumerable<(Axis Axis, Expr Index)> indices)
    {
        var map = new Dictionary<Axis, Expr>();
        foreach (var (axis, index) in indices) map[axis] = index;
        return Replace(e => e is Axis axis && map.TryGetValue(axis, out var index) ? index : e.Free.Count == 0 ? e : null);
    }

    /// <summary>Every part once, this one first.</summary>
    public IEnumerable<Expr> Parts()
    {
        var seen = new HashSet<Expr>(ReferenceEqualityComparer.Instance);
        var left = new Stack<Expr>([this]);
        while (left.TryPop(out var e))
        {
            if (!seen.Add(e)) continue;
            yield return e;
            for (var i = e.Children.Count - 1; i >= 0; i--) left.Push(e.Children[i]);
        }
    }

    public bool Mentions(Axis axis) => Free.Contains(axis);

    private protected abstract bool SamePayload(Expr other);

    private protected virtual IEnumerable<Axis> Bound => [];

    /// <summary>The one object that stands for this formula.</summary>
    private protected Expr Shared()
    {
        if (Made.TryGetValue(this, out var known)) return known;
        // Counted here: the dictionary's own count locks all of it.
        if (Interlocked.Increment(ref kept) > MostKept)
        {
            Made.Clear(); // equality compares structure, so forgetting costs time, never sense
            kept = 0;
        }
        return Made.GetOrAdd(this, this);
    }

    private IReadOnlySet<Axis> FindFree()
    {
        if (this is Axis self) return new HashSet<Axis> { self };
        if (Children.Count == 1 && !Bound.Any()) return Children[0].Free;
        var all = new HashSet<Axis>();
        foreach (var child in Children) all.UnionWith(child.Free);
        all.ExceptWith(Bound);
        return all;
    }

    public bool Equals(Expr? other) => ReferenceEquals(this, other)
        || other is not null && hash == other.hash && GetType() == other.GetType() && Type == other.Type && SamePayload(other) && Children.Equals(other.Children);
    public sealed override bool Equals(object? obj) => obj is Expr other && Equals(other);
    public sealed override int GetHashCode() => hash;
    public static bool operator ==(Expr? a, Expr? b) => a is null ? b is null : a.Equals(b);
    public static bool operator !=(Expr? a, Expr? b) => !(a == b);
    public override string ToString() => ExprText.Show(this);
}
