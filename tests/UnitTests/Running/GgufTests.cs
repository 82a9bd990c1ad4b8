using Lathe.Ir;

namespace Lathe.UnitTests.Running;

/// <summary>Blocks read back as ggml's own decoders read them: dequantize_row_q4_0 and dequantize_row_q8_0, restated.</summary>
public sealed class GgufTests
{
    private static readonly float[] Numbers = [.. Enumerable.Range(0, 3 * 64).Select(i => MathF.Sin(i * 0.7f) * (1 + i % 5))];

    [Theory]
    [InlineData(GgufBlock.Q4)]
    [InlineData(GgufBlock.Q8)]
    public void Codes_lie_as_ggml_has_them(GgufBlock block)
    {
        var (format, shape) = (new Gguf(block), (Seq<Expr>)[3, 64]);
        var planes = format.Encode(Numbers, shape);
        var (codes, scales) = (planes[0].ToArray<byte>(), planes[1].ToArray<Half>());
        Assert.Equal(6, scales.Length);
        Assert.Equal(block == GgufBlock.Q4 ? 6 * 18 : 6 * 34, format.Size(shape));
        var expected = new float[Numbers.Length];
        for (var b = 0; b < scales.Length; b++)
            for (var i = 0; i < (block == GgufBlock.Q4 ? 16 : 32); i++)
                if (block == GgufBlock.Q8) expected[b * 32 + i] = (sbyte)codes[b * 32 + i] * (float)scales[b];
                else (expected[b * 32 + i], expected[b * 32 + i + 16]) = (((codes[b * 16 + i] & 15) - 8) * (float)scales[b], ((codes[b * 16 + i] >> 4) - 8) * (float)scales[b]);
        Assert.Equal(expected, Decoded.Of(new Value("w", new(shape, format), planes)));
        Assert.All(Numbers.Index(), p => Assert.True(MathF.Abs(p.Item - expected[p.Index]) <= (block == GgufBlock.Q4 ? 1f : 0.06f)));
    }

    [Theory]
    [InlineData(0, 40, 5)]
    [InlineData(1, 5, 70)]
    public void A_row_may_end_within_a_block_and_blocks_may_lie_along_any_axis(int axis, int rows, int columns)
    {
        var (format, shape) = (new Gguf(GgufBlock.Q4, axis), (Seq<Expr>)[rows, columns]);
        var numbers = Numbers.Concat(Numbers).Take(rows * columns).ToArray();
        // The same grids without GGUF's order of halves.
        var plain = new Uniform(new Code(true, 4), axis, 32, Scalar.F16);
        Assert.Equal(Decoded.Of(new Value("w", new(shape, plain), plain.Encode(numbers, shape))), Decoded.Of(new Value("w", new(shape, format), format.Encode(numbers, shape))));
    }
}
