namespace Lathe.Ir;

/// <summary>As many of each group of neighbours along the input: <c>2:4</c>. Beside each number that is kept stands its place in its group.</summary>
/// <param name="Of">Numbers of a group, <paramref name="Count"/> those of it that are kept.</param>
/// <remarks>Mishra and others, Accelerating Sparse Deep Neural Networks (2021).</remarks>
public sealed record RatioPattern(int Count, int Of) : SparsePattern
{
    public int Of { get; } = Of is 4 or 8 or 16 ? Of : throw new ArgumentException($"a group has 4, 8 or 16 numbers, not {Of}: 2:4, 1:4, 2:8, 4:8");

    public int Count { get; } = Count >= 1 && Count < Of ? Count : throw new ArgumentException($"of {Of} numbers 1 to {Of - 1} are kept, not {Count}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count}:{Of}");

    private Scalar Kind => Of == 4 ? Scalar.U2 : Scalar.U4;

    private long Groups(SparseShape shape) => (shape.Inputs + Of - 1) / Of;

    internal override Shape Kept(SparseShape shape) => shape.Extents.With(shape.Input, Groups(shape) * Count);

    internal override Seq<Plane> Index(SparseShape shape) => [new("place", Kind, Kept(shape))];

    internal override Expr Number(Storage storage, SparseShape shape, Seq<Expr> at, bool inside, Func<Seq<Expr>, Expr> kept)
    {
        Expr group = Linear.Simplify(at[shape.Input] / Of), place = Linear.Simplify(at[shape.Input] % Of), number = Ir.Number.Of(Scalar.F32, 0.0);
        for (var slot = 0; slot < Count; slot++)
        {
            var index = at.With(shape.Input, Linear.Simplify(group * Count + slot));
            var its = storage.Load("place", index, inside ? null : Ir.Number.Of(Kind, 0L)).As(Scalar.I64);
            number = Expr.Select(Expr.Same(its, place), kept(index), number);
        }
        return number;
    }

    internal override (int[] Places, Seq<Bytes> Index) Choose(ReadOnlySpan<float> numbers, SparseShape shape)
    {
        var (groups, stride, inputs) = (Groups(shape), shape.Stride(shape.Input), shape.Inputs);
        var outer = numbers.Length / (inputs * stride);
        var places = new int[checked((int)(outer * groups * Count * stride))];
        var index = new float[places.Length];
        for (var o = 0L; o < outer; o++)
            for (var s = 0L; s < stride; s++)
                for (var g = 0L; g < groups; g++)
                {
                    var start = o * inputs * stride + s;
                    var members = new (float Magnitude, int Place)[Of];
                    for (var t = 0; t < Of; t++) members[t] = (g * Of + t < inputs ? Math.Abs(numbers[(int)(start + (g * Of + t) * stride)]) : -1, t);
                    var chosen = members.OrderByDescending(m => m.Magnitude).ThenBy(m => m.Place).Take(Count).OrderBy(m => m.Place).ToArray();
                    for (var slot = 0; slot < Count; slot++)
                    {
                        var to = (o * groups * Count + g * Count + slot) * stride + s;
                        index[to] = chosen[slot].Place;
                        places[to] = g * Of + chosen[slot].Place < inputs ? (int)(start + (g * Of + chosen[slot].Place) * stride) : -1;
                    }
                }
        return (places, [Numbers.Pack(Kind, index)]);
    }
}
