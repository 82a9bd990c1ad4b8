using Lathe.Ir;

namespace Lathe.UnitTests.Text;

/// <summary>Formulas of every kind of node and number, small, typed, with parts used again. The same seed gives the same ones.</summary>
internal sealed class RandomFormulas(int seed)
{
    private static readonly Scalar[] Kinds = [Scalar.F32, Scalar.F32, Scalar.F64, Scalar.I32, Scalar.U8, Scalar.U64, Scalar.I64, Scalar.Bool];
    private static readonly double[] Reals = [0, -0.0, 1, 0.1, -2.5, 1e-40, 3.4028235e38, double.PositiveInfinity, double.NegativeInfinity, double.NaN, BitConverter.Int64BitsToDouble(0x7ff8000020000000)];
    private static readonly Expr[] Dimensions = [Symbol.Of("n", 1, 64), Symbol.Of("batch size"), Symbol.Of("t0", 0, 7), Symbol.Of("k")];

    private readonly Random random = new(seed);
    private readonly List<Expr> used = [];

    /// <summary>What can be read: names that need quotes, planes, kinds that do not compute.</summary>
    public List<Lathe.Ir.Buffer> Buffers { get; } =
    [
        new("x", Scalar.F32, [Dimensions[0], 4]), new("/conv/w:q", Scalar.I8, [4, 3, 2], Space.Argument, [1, 2, 0]), new("odd \"name\"\n", Scalar.F64, []),
        new("7", Scalar.U64, [5]), new("idx", Scalar.I64, [5]), new("half", Scalar.F16, [8]),
    ];

    public int Next(int below) => random.Next(below);
    public T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
    public Scalar Kind() => Pick(Kinds);

    /// <summary>A formula of a kind over some loops; parts of earlier ones come again.</summary>
    public Expr Formula(Scalar kind, int size, Seq<Axis> axes)
    {
        var again = used.Where(e => e.Type == kind && e.Free.All(axes.Contains)).ToList();
        if (again.Count > 0 && Next(3) == 0) return Pick(again);
        var made = size <= 0 ? Leaf(kind, axes) : Node(kind, size - 1, axes);
        used.Add(made);
        return made;
    }

    private Expr Leaf(Scalar kind, Seq<Axis> axes)
    {
        if (kind == Scalar.I64 && axes.Count > 0 && Next(3) > 0) return Pick(axes);
        if (kind == Scalar.I64 && Next(3) == 0) return Pick(Dimensions);
        var readable = Buffers.Where(b => b.Scalar == kind).ToList();
        if (readable.Count > 0 && Next(3) > 0) return Read(Pick(readable), 0, axes);
        return kind == Scalar.Bool ? Next(2) == 0 : kind.IsReal ? Number.Of(kind, Pick(Reals)) : Number.Of(kind, Pick([0, 1, -1, 7, kind.Range.Low, kind.Range.High]));
    }

    private Expr Node(Scalar kind, int size, Seq<Axis> axes)
    {
        Expr Sub(Scalar k) => Formula(k, size, axes);
        switch (Next(9))
        {
            case 0: return Expr.Select(Sub(Scalar.Bool), Sub(kind), Sub(kind));
            case 1 when kind != Scalar.Bool:
                var bound = Enumerable.Range(0, 1 + Next(2)).Select(_ => new Axis(Pick(["k", "t", "in", "%"]), Extent([]))).ToSeq();
                return Reduce.Of(Pick(Enum.GetValues<ReduceKind>()), bound, Formula(kind, size, [.. axes, .. bound]));
            case 2 when kind == Scalar.I32:
                var lane = new Axis("p", 4);
                return Dot.Of(lane, Formula(Scalar.I32, size, [.. axes, lane]), Formula(Scalar.I32, size, [.. axes, lane]), Sub(Scalar.I32));
            case 3 when kind is Scalar.F32: return Read(Buffers[5], size, axes).As(Scalar.F32);
            case 3 when kind is Scalar.I32: return Read(Buffers[1], size, axes).As(Scalar.I32);
            case 4 when kind is Scalar.I32: return Sub(Scalar.F32).BitsAs(kind);
            case 4 when kind is Scalar.F64: return Sub(Scalar.I64).BitsAs(kind);
            case 4: return Sub(Kind()).As(kind);
            case 5 when kind.IsReal: return Call.Of(Pick([Function.Exp, Function.Abs, Function.Sqrt]), Sub(kind));
            case 6 when kind.IsReal: return Expr.Fma(Sub(kind), Sub(kind), Sub(kind));
            case 5 or 6 when kind == Scalar.Bool: return Call.Of(Function.IsNan, Sub(Scalar.F32));
            case 7 when kind != Scalar.Bool: return Expr.Max(Sub(kind), Sub(kind));
            default:
                if (kind == Scalar.Bool && Next(2) == 0)
                {
                    var of = Kind();
                    return Binary.Of(Pick([Operator.Less, Operator.LessOrEqual, Operator.Equal]), Sub(of), Sub(of));
                }
                Operator[] all = kind == Scalar.Bool ? [Operator.And, Operator.Or, Operator.Xor] : kind.IsReal ? [Operator.Add, Operator.Subtract, Operator.Multiply, Operator.Divide]
                    : [.. Enum.GetValues<Operator>().Where(o => !o.IsComparison())];
                return Binary.Of(Pick(all), Sub(kind), Sub(kind));
        }
    }

    /// <summary>Loops may be as long as an index around them says; reductions depend on dimensions only.</summary>
    public Expr Extent(Seq<Axis> axes) => Next(4) switch { 0 => Pick(Dimensions), 1 => Pick(Dimensions) * 2 + 1, 2 when axes.Count > 0 => axes[0] + 1, _ => 1 + Next(5) };

    private Expr Read(Lathe.Ir.Buffer buffer, int size, Seq<Axis> axes) =>
        Load.Of(buffer, [.. buffer.Shape.Select(_ => Formula(Scalar.I64, size - 1, axes))], Next(3) > 0 ? null : buffer.Scalar.Arithmetic == buffer.Scalar ? Formula(buffer.Scalar, 0, []) : Number.Of(buffer.Scalar.Arithmetic, 0L).As(buffer.Scalar));
}
