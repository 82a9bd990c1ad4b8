using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Running;

/// <summary>Small floats as weights: what every code reads as, and which scales are powers of two.</summary>
public sealed class SmallFloatFormatTests
{
    [Theory]
    [InlineData("e4m3", Scalar.F8E4M3FN)]
    [InlineData("e5m2", Scalar.F8E5M2)]
    [InlineData("e2m1", Scalar.F4E2M1)]
    public void Numbers_of_a_kind_that_ONNX_has_are_the_same(string fields, Scalar kind)
    {
        // The largest magnitude makes the scale 1: all of the kind's numbers are read back as they are.
        float[] numbers = [.. Enumerable.Range(0, 1 << kind.Bits).Select(code => (float)SmallFloats.Decode(kind, code)).Where(float.IsFinite)];
        Assert.Equal(numbers, Read($"float format={fields} axis=0", numbers, [1, numbers.Length]));
    }

    [Theory]
    [InlineData("e3m2", new[] { 0.0625f, 0.25f, 0.4375f, 1.75f, 28f })]
    [InlineData("e2m3", new[] { 0.125f, 0.875f, 1.125f, 3.75f, 7.5f })]
    public void Numbers_of_six_bits_follow_OCP(string fields, float[] numbers) =>
        Assert.Equal(numbers, Read($"float format={fields} axis=0", numbers, [1, numbers.Length]));

    [Theory]
    [InlineData("mx format=e2m1 group=4")]
    [InlineData("float format=e4m3 axis=0 scales=f8e8m0")]
    public void Scales_that_are_powers_of_two_round_nothing(string format)
    {
        foreach (var unit in new[] { 1e-30f, 1f / 1024, 1, 4096, 1e30f })
        {
            var power = MathF.ScaleB(1, MathF.ILogB(unit));
            float[] numbers = [6 * power, -0.5f * power, 0, 3 * power];
            Assert.Equal(numbers, Read(format, numbers, [1, 4]));
        }
    }

    [Fact]
    public void Extremes_are_finite_and_zeros_stay()
    {
        float[] numbers = [0, 0, float.MaxValue, float.MinValue, float.Epsilon, 0, 1e-38f, -1e-38f];
        foreach (var format in new[] { "float format=e5m2 group=2", "mx format=e2m1 group=2", "float format=e2m3 group=2 scales=f16" })
        {
            var read = Read(format, numbers, [1, 8]);
            Assert.Equal(0, read[0]);
            Assert.All(read, number => Assert.True(float.IsFinite(number), $"{format}: {number}"));
        }
    }

    private static float[] Read(string format, float[] numbers, Seq<Expr> shape)
    {
        var encoding = IrText.ReadEncoding(format);
        return Decoded.Of(new("w", new(shape, encoding), encoding.Encode(numbers, shape)));
    }
}
