using Lathe.Ir;

namespace Lathe.UnitTests.Compress;

/// <summary>The grid of given numbers, against every end that is tried, one after another.</summary>
public sealed class UniformFitTests
{
    [Theory]
    [InlineData("i4 axis=0")]
    [InlineData("i8 axis=0")]
    [InlineData("u3 axis=0 scales=f16")]
    [InlineData("i2 axis=0 scales=bf16")]
    public void The_grid_is_the_first_of_those_with_the_least_error(string format)
    {
        var (encoding, random) = ((Uniform)IrText.ReadEncoding(format), new Random(11));
        for (var trial = 0; trial < 60; trial++)
        {
            float[] numbers = [.. Enumerable.Range(0, 1 + trial * 3).Select(_ => trial % 7 == 0 ? 0 : (float)(Math.Pow(random.NextDouble(), 3) * (trial % 3 == 0 ? 1 : random.Next(2) * 2 - 1)))];
            float[] importance = trial % 2 == 0 ? [] : [.. numbers.Select(_ => random.NextSingle())];
            var fitted = encoding.Fit(numbers, importance);
            var least = double.PositiveInfinity;
            Grid? best = null;
            for (var clip = 0; clip < 17; clip++)
            {
                var share = 1 - clip * 0.03f;
                var grid = Ends(encoding, Math.Min(0, numbers.Min()) * share, Math.Max(0, numbers.Max()) * share);
                if (grid.Error(numbers, importance) is var error && error < least) (least, best) = (error, grid);
            }
            Assert.Equal(best!.Parameters.ToArray(), fitted.Parameters.ToArray());
        }
    }

    /// <summary>The formula of the remarks, written out.</summary>
    private static Grid Ends(Uniform format, float low, float high)
    {
        var (first, last) = format.Word.Range;
        var far = -low > high ? low : high;
        var scale = !format.Word.Signed ? (high - low) / last : first == -last ? Math.Abs(far) / last : far / first;
        scale = format.Scales == Scalar.F32 ? scale : (float)SmallFloats.Decode(format.Scales, SmallFloats.Encode(format.Scales, scale));
        var zero = format.Word.Signed || scale == 0 ? 0 : Math.Clamp((int)MathF.Round(-low / scale), first, last);
        return new Even(first, last, scale, zero, format.Word.Signed);
    }

    private sealed class Even(int first, int last, float scale, int zero, bool signed) : Grid
    {
        private readonly float[] parameters = signed ? [scale] : [scale, zero];
        public override ReadOnlySpan<float> Parameters => parameters;
        public override float this[int code] => (code - zero) * scale;
        public override int Nearest(float number) => scale == 0 ? zero : (int)Math.Clamp(MathF.Round(number / scale) + zero, first, last);
    }
}
