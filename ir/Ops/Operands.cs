namespace Lathe.Ir;

/// <summary>Reads a tensor, or the formula fused in its place, at an index; <paramref name="outside"/> is the number for an index out of bounds.</summary>
public delegate Expr Access(Seq<Expr> at, Expr? outside = null);

/// <summary>The operands of a node as its rule and formula see them: types to measure, numbers to read, and what the compiler knows of their contents.</summary>
/// <param name="types">One for each operand; null for an optional one that is absent.</param>
/// <param name="reads">One for each operand.</param>
/// <param name="known">The elements of small operands whose contents are known: literals, or expressions over dimensions.</param>
public sealed class Operands(Seq<TensorType?> types, Seq<Access> reads, Seq<Seq<Expr>?> known)
{
    private readonly List<Guarded> guards = [];

    public int Count => types.Count;

    /// <summary>Conditions on dimensions that could be neither proved nor refuted: checked once when the model is entered.</summary>
    public IReadOnlyList<Guarded> Guards => guards;

    public Access this[int i] => reads[i];
    public bool Has(int i) => i < types.Count && types[i] is not null;
    public TensorType Type(int i) => Has(i) ? types[i]! : throw new TypeException($"operand {i} is missing");
    public Seq<Expr> Shape(int i) => Type(i).Shape;
    public Ir.Scalar Scalar(int i) => Type(i).Scalar;

    /// <summary>The type of an operand that must hold real numbers.</summary>
    public TensorType Real(int i) => Kind(i, s => s.IsReal, "real numbers");
    /// <summary>The type of an operand that must hold whole numbers.</summary>
    public TensorType Whole(int i) => Kind(i, s => s.IsInteger, "whole numbers");
    /// <summary>The type of an operand that must hold numbers, real or whole.</summary>
    public TensorType Numeric(int i) => Kind(i, s => s.IsReal || s.IsInteger, "numbers");
    /// <summary>The type of an operand that must hold truth values.</summary>
    public TensorType Bool(int i) => Kind(i, s => s == Ir.Scalar.Bool, "truth values");

    /// <summary>Checks that operands that are present are of one kind of number.</summary>
    public void Alike(params IEnumerable<int> operands)
    {
        var present = operands.Where(Has).ToArray();
        if (present.Any(i => Scalar(i) != Scalar(present[0]))) throw new TypeException($"operands must be of one kind, they are {string.Join(" and ", present.Select(Type))}");
    }

    /// <summary>An axis of an operand; a negative one is counted from the end.</summary>
    public int Axis(long axis, int operand = 0) => axis >= -Type(operand).Rank && axis < Type(operand).Rank
        ? (int)(axis < 0 ? axis + Type(operand).Rank : axis) : throw new TypeException($"there is no axis {axis} in {Type(operand)}");

    /// <summary>The number of an operand that has one element: a literal where it is known.</summary>
    public Expr Only(int i) => Known(i) is [Number known] ? known : this[i]([.. Shape(i).Select(_ => (Expr)0)]);

    /// <summary>The elements of an operand in row-major order, or null where they are not known when compiling.</summary>
    public Seq<Expr>? Known(int i) => Has(i) ? known[i] : null;

    /// <summary>The elements of an operand that decides a type.</summary>
    /// <exception cref="TypeException">They are not known when compiling.</exception>
    /// <param name="i">The operand.</param>
    /// <param name="what">What it holds, as a message says it.</param>
    /// <param name="low">The least number that makes sense.</param>
    /// <param name="most">What no number may exceed; null where nothing is known.</param>
    /// <param name="shape">For a list that is a shape: how its entries become extents.</param>
    /// <returns>Whole numbers as indices and extents are, whatever kind the operand has.</returns>
    public Seq<Expr> MustKnow(int i, string what, long low = 0, Expr? most = null, ShapeEntries? shape = null)
    {
        if (Has(i) && Type(i).Rank > 1) throw new TypeException($"{what} is a list, {Type(i)} is none");
        var elements = Known(i) ?? throw new ContentsException(i, what, low, most, shape);
        return [.. elements.Select(e => e.Type.IsInteger && e.Type != Ir.Scalar.I64 ? Linear.Simplify(e.As(Ir.Scalar.I64)) : e)];
    }

    /// <summary>The elements of an operand as whole numbers.</summary>
    /// <exception cref="TypeException">They are not known when compiling, or depend on a symbolic dimension.</exception>
    public long[] Wholes(int i, string what) => [.. (Known(i) ?? throw new TypeException($"{what} must be known when compiling", "the form of the code follows from it, which no run can change: make it a constant of the model, an initializer or a Constant")).Select(e => e is Number n ? n.IsReal ? (long)n.Real : n.Integer : throw new TypeException($"{what} must be whole numbers known when compiling, one is {e}"))];

    /// <summary>Two extents that must be one: proved, refuted, or checked when the model runs.</summary>
    /// <returns>The simpler of the two.</returns>
    public Expr Equal(Expr a, Expr b, string what)
    {
        if (Linear.ProvesEqual(a, b)) return a is Number ? a : b;
        var difference = Linear.Range(Linear.Simplify(a - b));
        if (difference.Low > 0 || difference.High < 0) throw new TypeException($"{what}: {a} and {b} must be equal");
        Check(Expr.Same(a, b), $"{what}: {a} and {b} must be equal");
        return a is Number ? a : b;
    }

    /// <summary>Checks that there is an element where one is read, whichever: nothing stands for the elements of an axis that has none.</summary>
    /// <param name="extent">Of what is read.</param>
    /// <param name="results">How many numbers are made of it; for none, none is read.</param>
    /// <param name="what">What is read, as a message says it.</param>
    public void NotEmpty(Expr extent, Expr results, string what)
    {
        if (Linear.Simplify(results.Replace(part => part == extent ? 0 : null)) is not Number { Integer: 0 }) Check((0 < extent) | Expr.Same(results, 0), $"{what} must have an element, it has {extent}");
    }

    private TensorType Kind(int i, Func<Ir.Scalar, bool> fits, string what) => fits(Scalar(i)) ? Type(i) : throw new TypeException($"operand {i} must be {what}, it is {Type(i)}");

    /// <summary>A condition to check when the model is entered; one that is false already is an error now.</summary>
    public void Check(Expr condition, string message)
    {
        condition = Linear.Decided(condition);
        if (condition is Number n) { if (n.Integer == 0) throw new TypeException(message); return; }
        guards.Add(new(condition, message));
    }
}

/// <summary>A condition on dimensions, checked once when the model is entered, and what to say where it fails.</summary>
public sealed record Guarded(Expr Condition, string Message);

/// <summary>An operator with operands that fit it, as the oracle tests use it.</summary>
/// <param name="Op">The operator with its attributes.</param>
/// <param name="Operands">What to feed it; null for an absent optional operand.</param>
public sealed record Example(Op Op, params Seq<Operand?> Operands);

/// <summary>An operand of an <see cref="Example"/>: a type and the numbers to fill it with.</summary>
/// <param name="Type">A static type.</param>
/// <param name="Low">Least random number.</param>
/// <param name="High">Greatest random number.</param>
/// <param name="Values">Exact numbers instead of random ones; the operand is then a constant of the graph.</param>
public sealed record Operand(TensorType Type, double Low = -2, double High = 2, Seq<double>? Values = null)
{
    public static Operand F32(params Seq<long> shape) => new(new TensorType([.. shape.Select(d => (Expr)d)], Ir.Scalar.F32));
    public static Operand Of(Ir.Scalar scalar, params Seq<long> shape) => new(new TensorType([.. shape.Select(d => (Expr)d)], scalar), scalar.IsReal ? -2 : scalar == Ir.Scalar.Bool ? 0 : scalar.IsSigned ? -9 : 0, scalar.IsReal ? 2 : scalar == Ir.Scalar.Bool ? 1 : 9);
    public static Operand Constant(Ir.Scalar scalar, Seq<long> shape, params Seq<double> values) => new(new TensorType([.. shape.Select(d => (Expr)d)], scalar), 0, 0, values);
    /// <summary>A constant vector of i64: shapes, axes, pads.</summary>
    public static Operand Wholes(params Seq<long> values) => Constant(Ir.Scalar.I64, [values.Count], [.. values.Select(v => (double)v)]);
    /// <summary>The same operand as a weight of the graph.</summary>
    public bool IsConstant => Values is not null;
}
