namespace Lathe.Ir;

/// <summary>A literal. Its kind adapts to what it meets: <c>x * 0.5</c> is f32 where x is.</summary>
public sealed class Number : Expr
{
    internal Number(Scalar type, long value) : base(type, [], value.GetHashCode()) => (Integer, Real) = (value, value);
    internal Number(Scalar type, double value) : base(type, [], BitConverter.DoubleToInt64Bits(value).GetHashCode()) => (Integer, Real) = (0, value);

    public long Integer { get; }
    public double Real { get; }
    public bool IsReal => Type.IsReal;

    public static Expr Of(Scalar type, double value) => type.IsReal
        ? new Number(type, type == Scalar.F32 ? (float)value : type == Scalar.F64 ? value : throw new ArgumentException($"formulas compute in f32 or f64, not {type.Text}")).Shared()
        : Of(type, checked((long)value));

    public static Expr Of(Scalar type, long value) => type.IsReal ? Of(type, (double)value) : new Number(type, Wrap(type, value)).Shared();

    /// <summary>This literal as another kind; null where that would change its value beyond rounding.</summary>
    public Expr? Adapted(Scalar to) =>
        to == Type ? this :
        to.IsReal ? Of(to, IsReal ? Real : Integer) :
        to.IsInteger || to == Scalar.Bool ? IsReal ? Real == Math.Floor(Real) && Math.Abs(Real) < 1e18 ? Of(to, (long)Real) : null : Of(to, Integer) : null;

    internal Expr Negated() => IsReal ? Of(Type, -Real) : Of(Type, -Integer);

    /// <summary>The value modulo the width of a kind of whole number.</summary>
    public static long Wrap(Scalar type, long value)
    {
        if (type == Scalar.Bool) return value != 0 ? 1 : 0;
        var unused = 64 - type.Bits;
        return unused <= 0 ? value : type.IsSigned ? value << unused >> unused : (long)((ulong)value << unused >> unused);
    }

    public override Expr With(Seq<Expr> children) => this;
    private protected override bool SamePayload(Expr other) => other is Number n && n.Integer == Integer && BitConverter.DoubleToInt64Bits(n.Real) == BitConverter.DoubleToInt64Bits(Real);
}

/// <summary>A loop index, counted from 0. Two axes are the same only if they are the same object.</summary>
public sealed class Axis : Expr
{
    private static int made;

    public Axis(string name, Expr extent) : this(name, extent, Interlocked.Increment(ref made)) { }

    private Axis(string name, Expr extent, int number) : base(Scalar.I64, [], number) => (Name, Extent, Order) = (name, extent, number);

    public string Name { get; }
    public Expr Extent { get; }
    /// <summary>Order of creation, for a stable order of terms.</summary>
    public int Order { get; }
    public Axis Fresh() => new(Name, Extent);
    public override Expr With(Seq<Expr> children) => this;
    private protected override bool SamePayload(Expr other) => false;
}

/// <summary>A named dimension, known when the model runs: <c>seq in 1..512</c>.</summary>
public sealed class Symbol : Expr
{
    private Symbol(string name, long low, long high) : base(Scalar.I64, [], HashCode.Combine(string.GetHashCode(name, StringComparison.Ordinal), low, high)) => (Name, Low, High) = (name, low, high);

    public string Name { get; }
    public long Low { get; }
    public long High { get; }

    /// <summary>Most that a dimension without a stated bound is taken to be.</summary>
    public const long Unbounded = int.MaxValue;

    public static Expr Of(string name, long low = 0, long high = Unbounded) => new Symbol(name, low, high).Shared();
    public override Expr With(Seq<Expr> children) => this;
    private protected override bool SamePayload(Expr other) => other is Symbol s && s.Name == Name && s.Low == Low && s.High == High;
}

public sealed class Binary : Expr
{
    private Binary(Operator op, Expr a, Expr b) : base(op.IsComparison() ? Scalar.Bool : a.Type, [a, b], (int)op) => Operator = op;

    public Operator Operator { get; }
    public Expr A => Children[0];
    public Expr B => Children[1];

    public static Expr Of(Operator op, Expr a, Expr b)
    {
        var shift = op is Operator.ShiftLeft or Operator.ShiftRight;
        (a, b) = Adapt(a, b, op.Text());
        return Fold.Binary(op, a, b) ?? (shift && a.Type.IsReal ? throw new ArgumentException($"a shift of {a.Type.Text}") : new Binary(op, a, b).Shared());
    }

    internal static (Expr, Expr) Adapt(Expr a, Expr b, string what)
    {
        if (a.Type == b.Type) return (a, b);
        if (b is Number n && n.Adapted(a.Type) is { } second && !(a is Number { IsReal: false } && n.IsReal)) return (a, second);
        if (a is Number m && m.Adapted(b.Type) is { } first) return (first, b);
        throw new ArgumentException($"{what} of {a.Type.Text} and {b.Type.Text}: {a} and {b}");
    }

    public override Expr With(Seq<Expr> children) => Of(Operator, children[0], children[1]);
    private protected override bool SamePayload(Expr other) => other is Binary b && b.Operator == Operator;
}

public sealed class Call : Expr
{
    /// <summary>Levels that one of the elementary functions is counted as.</summary>
    private const int Levels = 4;

    private Call(Function function, Scalar type, Seq<Expr> arguments) : base(type, arguments, (int)function, function is >= Function.Exp and <= Function.Atanh ? Levels : 1) => Function = function;

    public Function Function { get; }
    public Seq<Expr> Arguments => Children;

    public static Expr Of(Function function, params Seq<Expr> arguments)
    {
        if (arguments.Count != function.Arity()) throw new ArgumentException($"{function.Text()} takes {function.Arity()} arguments, not {arguments.Count}");
        var first = function == Function.Select ? 1 : 0;
        var all = arguments.AsSpan().ToArray();
        // What is asked for early may be of another kind than the number that passes through.
        for (var pass = function == Function.Ahead ? 2 : 0; pass < 2; pass++)
            for (var i = first + 1; i < all.Length; i++) (all[first], all[i]) = Binary.Adapt(all[first], all[i], function.Text());
        if (function == Function.Select && all[0].Type != Scalar.Bool) throw new ArgumentException($"select asks {all[0]}, which is {all[0].Type.Text}, not bool");
        var type = function is Function.IsNan or Function.IsInf ? Scalar.Bool : all[first].Type;
        return Fold.Call(function, all) ?? new Call(function, type, [.. all]).Shared();
    }

    public override Expr With(Seq<Expr> children) => Of(Function, children);
    private protected override bool SamePayload(Expr other) => other is Call c && c.Function == Function;
}

/// <summary>The same number in another kind. See <see cref="Expr.As"/>.</summary>
public sealed class Cast : Expr
{
    private Cast(Scalar to, Expr of) : base(to, [of], 1) { }

    public Expr Operand => Children[0];

    public static Expr Of(Scalar to, Expr of) => of.Type == to ? of
        : of is Number { IsReal: true } real && to.IsInteger && to != Scalar.U64 ? Fold.Whole(to, real.Real)
        : of is Number n && (to is Scalar.F32 or Scalar.F64 || to.IsInteger && !n.IsReal) ? n.Adapted(to)!
        : new Cast(to, of).Shared();

    public override Expr With(Seq<Expr> children) => Of(Type, children[0]);
    private protected override bool SamePayload(Expr other) => true;
}

/// <summary>The same bits as another kind of equal width.</summary>
public sealed class Bitcast : Expr
{
    internal Bitcast(Scalar to, Expr of) : base(to, [of], 2)
    {
        if (to.Bits != of.Type.Bits) throw new ArgumentException($"the bits of {of.Type.Text} as {to.Text}");
    }

    public Expr Operand => Children[0];
    public override Expr With(Seq<Expr> children) => children[0].BitsAs(Type);
    private protected override bool SamePayload(Expr other) => true;
}

/// <summary>A read of a buffer. <see cref="Outside"/> is the number that stands for a read out of bounds; without it every read must be inside.</summary>
public sealed class Load : Expr
{
    private Load(Buffer buffer, Seq<Expr> at, Expr? outside) : base(buffer.Scalar, outside is null ? at : [.. at, outside], buffer.GetHashCode()) => Buffer = buffer;

    public Buffer Buffer { get; }
    public Seq<Expr> At => Children.Slice(0, Buffer.Shape.Count);
    public Expr? Outside => Children.Count > Buffer.Shape.Count ? Children[^1] : null;

    public static Expr Of(Buffer buffer, Seq<Expr> at, Expr? outside = null)
    {
        if (at.Count != buffer.Shape.Count) throw new ArgumentException($"%{buffer.Name} has {buffer.Shape.Count} axes, it is read at {at.Count} indices");
        if (outside is Number n) outside = n.Adapted(buffer.Scalar);
        if (outside is not null && outside.Type != buffer.Scalar) throw new ArgumentException($"%{buffer.Name} holds {buffer.Scalar.Text}, outside it is {outside.Type.Text}");
        return new Load(buffer, at, outside).Shared();
    }

    /// <summary>This read where it is known to be inside.</summary>
    public Expr Inside() => Of(Buffer, At);

    public override Expr With(Seq<Expr> children) => Of(Buffer, children.Slice(0, Buffer.Shape.Count), children.Count > Buffer.Shape.Count ? children[^1] : null);
    private protected override bool SamePayload(Expr other) => other is Load l && l.Buffer.Equals(Buffer);
}

/// <summary>A sum, product, largest or smallest over axes. A schedule turns it into loops; the oracle sums f32 in f64 and rounds once.</summary>
public sealed class Reduce : Expr
{
    private Reduce(ReduceKind kind, Seq<Axis> axes, Expr body) : base(body.Type, [body], HashCode.Combine((int)kind, axes)) => (Kind, Axes) = (kind, axes);

    public ReduceKind Kind { get; }
    public Seq<Axis> Axes { get; }
    public Expr Body => Children[0];

    public static Expr Of(ReduceKind kind, Seq<Axis> axes, Expr body) => axes.Count == 0 ? body : new Reduce(kind, axes, body).Shared();

    /// <summary>What the reduction starts from, in the kind of its body.</summary>
    public Expr Start => Identity(Kind, Type);

    public static Expr Identity(ReduceKind kind, Scalar type) => kind switch
    {
        ReduceKind.Sum => Number.Of(type, 0),
        ReduceKind.Product => Number.Of(type, 1),
        ReduceKind.Max => type.IsReal ? Number.Of(type, double.NegativeInfinity) : Number.Of(type, type.Range.Low),
        _ => type.IsReal ? Number.Of(type, double.PositiveInfinity) : type == Scalar.U64 ? Number.Of(type, -1) : Number.Of(type, type.Range.High),
    };

    /// <summary>One step of the reduction.</summary>
    public static Expr Combine(ReduceKind kind, Expr a, Expr b) => kind switch
    {
        ReduceKind.Sum => a + b,
        ReduceKind.Product => a * b,
        ReduceKind.Max => Max(a, b),
        _ => Min(a, b),
    };

    private protected override IEnumerable<Axis> Bound => Axes;
    public override Expr With(Seq<Expr> children) => Of(Kind, Axes, children[0]);
    private protected override bool SamePayload(Expr other) => other is Reduce r && r.Kind == Kind && r.Axes.Equals(Axes);
}

/// <summary>C + Σ over <see cref="Lane"/> of A·B in 32-bit integers: the step that machines have for pairs of i16 and quads of i8.</summary>
public sealed class Dot : Expr
{
    private Dot(Axis lane, Expr a, Expr b, Expr c) : base(Scalar.I32, [a, b, c], lane.GetHashCode()) => Lane = lane;

    public Axis Lane { get; }
    public Expr A => Children[0];
    public Expr B => Children[1];
    public Expr C => Children[2];

    public static Expr Of(Axis lane, Expr a, Expr b, Expr c) => new Dot(lane, a, b, c).Shared();
    private protected override IEnumerable<Axis> Bound => [Lane];
    public override Expr With(Seq<Expr> children) => Of(Lane, children[0], children[1], children[2]);
    private protected override bool SamePayload(Expr other) => other is Dot d && d.Lane.Equals(Lane);
}
