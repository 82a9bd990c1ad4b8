using System.Runtime.Intrinsics;

namespace Lathe.Ir;

/// <summary>Evenly spaced numbers, 2 to 8 bits: <c>code · scale</c>, or with a zero point <c>(code - zero) · scale</c>. <c>i8 axis=0</c>, <c>i4 group=64 scales=f16</c>.</summary>
/// <param name="Word">The codes. Signed ones have no zero point.</param>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">The kind that scales are stored in: f32, f16 or bf16.</param>
[EncodingExample("i8 axis=0", "i4 group=3 scales=f16", "u5 axis=0 group=4")]
public sealed record Uniform(Code Word, int Axis = -1, long Group = 0, Scalar Scales = Scalar.F32) : Grouped(Axis, Group)
{
    /// <summary>Shares of the largest magnitude that are tried as the end of the grid: cutting outliers off makes the steps finer.</summary>
    private static readonly float[] Clips = [.. Enumerable.Range(0, 17).Select(i => 1 - i * 0.03f)];

    /// <summary>As many as there are clips, and more: whole vectors.</summary>
    private const int Lanes = 24;

    public override Code Code => Word;

    public override Seq<Parameter> Parameters => Word.Signed ? [new("scale", Scales)] : [new("scale", Scales), new("zero", Word.Bits > 4 ? Scalar.U8 : Word.Bits > 2 ? Scalar.U4 : Scalar.U2)];

    protected override Expr Number(Expr code, Func<string, Expr, Expr> parameter) =>
        (Word.Signed ? code : code - parameter("zero", 0)).As(Scalar.F32) * parameter("scale", 0);

    public override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var (low, high) = (0f, 0f);
        foreach (var number in numbers) (low, high) = (Math.Min(low, number), Math.Max(high, number));
        Span<float> scales = stackalloc float[Lanes], zeros = stackalloc float[Lanes];
        Span<double> errors = stackalloc double[Lanes];
        for (var i = 0; i < Lanes; i++) (scales[i], zeros[i]) = Clips[Math.Min(i, Clips.Length - 1)] is var clip ? Between(low * clip, high * clip) : default;
        Errors(numbers, importance, scales, zeros, errors);
        var (best, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < Clips.Length; i++) if (errors[i] < least) (best, least) = (i, errors[i]);
        return best < 0 ? Steps.Of(Word, Between(0, 0)) : Steps.Of(Word, (scales[best], zeros[best]));
    }

    /// <summary>The errors of several grids, each in a lane: sums run over the numbers in their order, as one grid after another would.</summary>
    private void Errors(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance, ReadOnlySpan<float> scales, ReadOnlySpan<float> zeros, Span<double> errors)
    {
        var (first, last) = (Vector256.Create((float)Word.Range.Low), Vector256.Create((float)Word.Range.High));
        for (var lane = 0; lane < errors.Length; lane += Vector256<float>.Count)
        {
            var (scale, zero) = (Vector256.Create(scales[lane..]), Vector256.Create(zeros[lane..]));
            // A grid of nothing but 0: whatever is divided by it becomes 0.
            var divisor = Vector256.ConditionalSelect(Vector256.Equals(scale, Vector256<float>.Zero), Vector256<float>.One, scale);
            var (lower, upper) = (Vector256<double>.Zero, Vector256<double>.Zero);
            for (var i = 0; i < numbers.Length; i++)
            {
                var number = Vector256.Create(numbers[i]);
                var code = Vector256.Min(Vector256.Max(Vector256.Round(number / divisor) + zero, first), last);
                var (a, b) = Vector256.Widen((code - zero) * scale);
                var wide = Vector256.Create((double)numbers[i]);
                (a, b) = (wide - a, wide - b);
                (a, b) = (a * a, b * b);
                if (!importance.IsEmpty) (a, b) = (a * importance[i], b * importance[i]);
                (lower, upper) = (lower + a, upper + b);
            }
            lower.CopyTo(errors[lane..]);
            upper.CopyTo(errors[(lane + Vector256<double>.Count)..]);
        }
    }

    public override Grid? Scaled(Grid grid, float factor) =>
        grid.Parameters is [var scale, .. var rest] ? Steps.Of(Word, ((float)Stored(Scales, scale * factor), rest is [var zero] ? zero : 0)) : null;

    /// <summary>Scale and zero point of the grid from one number to another. Of signed codes the far end of the longer side is the larger magnitude: -8 of four bits has no +8.</summary>
    private (float Scale, float Zero) Between(float low, float high)
    {
        var (first, last) = Word.Range;
        var far = -low > high ? low : high;
        var scale = (float)Stored(Scales, !Word.Signed ? (high - low) / last : first == -last ? Math.Abs(far) / last : far / first);
        return (scale, scale == 0 || Word.Signed ? 0 : Math.Clamp(MathF.Round(-low / scale), first, last));
    }

    /// <summary>A scale as it is stored, never beyond the largest that its kind holds.</summary>
    private static double Stored(Scalar kind, float scale) => kind == Scalar.F32 ? scale : SmallFloats.Decode(kind, SmallFloats.Encode(kind, Math.Clamp(scale, kind == Scalar.F16 ? -65504 : float.MinValue, kind == Scalar.F16 ? 65504 : float.MaxValue)));

    private sealed class Steps((int Low, int High) range, float scale, int zero, bool signed) : Grid
    {
        public static Steps Of(Code word, (float Scale, float Zero) of) => new(word.Range, of.Scale, (int)of.Zero, word.Signed);

        private readonly float[] parameters = signed ? [scale] : [scale, zero];

        public override ReadOnlySpan<float> Parameters => parameters;

        public override float this[int code] => (code - zero) * scale;

        public override int Nearest(float number) => scale == 0 ? zero : (int)Math.Clamp(MathF.Round(number / scale) + zero, range.Low, range.High);
    }
}
