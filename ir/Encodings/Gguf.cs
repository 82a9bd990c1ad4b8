namespace Lathe.Ir;

/// <summary>Blocks of 32 numbers as GGUF files hold them.</summary>
public enum GgufBlock
{
    /// <summary>Four bits, d·(q - 8): the low half of byte i is number i, its high half number i + 16.</summary>
    Q4,
    /// <summary>Eight bits, d·q.</summary>
    Q8,
}

/// <summary>Blocks of 32 along the input with a scale of f16, in the order of GGUF's Q4_0 and Q8_0: <c>gguf block=q4</c> is 4.5 bits a number, <c>gguf block=q8</c> 8.5.</summary>
/// <param name="Block">What a block holds.</param>
/// <param name="Axis">As of <see cref="Grouped"/>: the axis that blocks lie along. GGUF has them along the last.</param>
/// <remarks>
/// GGUF, ggml's block_q4_0 and block_q8_0. There a block's scale stands before its codes; here scales are a plane of their own, so that both are aligned. The grid is
/// searched as that of <see cref="Uniform"/>; the last block of a row is filled up, where GGUF asks for rows of whole blocks.
/// </remarks>
[EncodingExample("gguf block=q4", "gguf block=q8 axis=0")]
public sealed record Gguf(GgufBlock Block, int Axis = -1) : Grouped(Axis, Length)
{
    private const int Length = 32, Half = Length / 2;

    private readonly Uniform steps = new(new Code(true, Block == GgufBlock.Q4 ? 4 : 8), -1, Length, Scalar.F16);

    public override Code Code => steps.Word;

    public override bool IsEven => true;

    public override Seq<Parameter> Parameters => steps.Parameters;

    protected override Expr Number(Expr code, Func<string, Expr, Expr> parameter) => code.As(Scalar.F32) * parameter("scale", 0);

    public override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance) => steps.Fit(numbers, importance);

    public override Grid? Scaled(Grid grid, float factor) => steps.Scaled(grid, factor);

    public override Seq<Plane> Planes(Shape shape) => [.. Code.Planes(Whole(shape)), .. base.Planes(shape).Skip(Code.Planes(shape).Count())];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        var along = Partition(storage.Type.Shape).Axis;
        // Of a byte's halves the low one is in the first half of the block.
        var place = Block == GgufBlock.Q8 ? at[along] : Linear.Simplify(at[along] / Length * Length + at[along] % Half * 2 + at[along] % Length / Half);
        var number = Read(storage, storage.Type.Shape, at.With(along, place), at, outside is null);
        return outside is null ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    public override int[] Laid(int[] codes, Shape shape)
    {
        var axis = Partition(shape).Axis;
        var (extent, whole, inner) = ((int)shape[axis].Whole, (int)Whole(shape)[axis].Whole, (int)shape.Skip(axis + 1).Aggregate(1L, (size, e) => size * e.Whole));
        var laid = new int[extent == 0 ? 0 : checked(codes.Length / extent * whole)];
        for (var i = 0; i < codes.Length; i++)
        {
            var along = i / inner % extent;
            var place = Block == GgufBlock.Q8 ? along : along / Length * Length + along % Half * 2 + along % Length / Half;
            laid[(i / inner / extent * whole + place) * inner + i % inner] = codes[i];
        }
        return laid;
    }

    private Shape Whole(Shape shape) => Partition(shape).Axis is var axis ? shape.With(axis, Linear.Simplify((shape[axis] + (Length - 1)) / Length * Length)) : shape;
}
