using System.Runtime.CompilerServices;
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

    public Scalar Scales { get; } = GroupScale.Kind(Scales);

    public override Code Code => Word;

    public override bool IsEven => true;

    public override Seq<Parameter> Parameters => Word.Signed ? [new("scale", Scales)] : [new("scale", Scales), new("zero", Word.Bits > 4 ? Scalar.U8 : Word.Bits > 2 ? Scalar.U4 : Scalar.U2)];

    protected override Expr Number(Expr code, Func<string, Expr, Expr> parameter) =>
        (Word.Signed ? code : code - parameter("zero", 0)).As(Scalar.F32) * parameter("scale", 0);

    public override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var (low, high) = (0f, 0f);
        foreach (var number in numbers) (low, high) = (Math.Min(low, number), Math.Max(high, number));
        Span<float> scales = stackalloc float[Clips.Length], zeros = stackalloc float[Clips.Length];
        Span<double> errors = stackalloc double[Clips.Length];
        for (var i = 0; i < Clips.Length; i++) (scales[i], zeros[i]) = Between(low * Clips[i], high * Clips[i]);
        Errors(numbers, importance, Word.Range, scales, zeros, errors);
        errors[^1] = Steps.Of(Word, (scales[^1], zeros[^1])).Error(numbers, importance);
        var (best, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < Clips.Length; i++) if (errors[i] < least) (best, least) = (i, errors[i]);
        return best < 0 ? Steps.Of(Word, Between(0, 0)) : Steps.Of(Word, (scales[best], zeros[best]));
    }

    /// <summary>The errors of the first sixteen grids, each in a lane: sums run over the numbers in their order, as one grid after another would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Errors(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance, (int Low, int High) range, ReadOnlySpan<float> scales, ReadOnlySpan<float> zeros, Span<double> errors)
    {
        var (first, last) = (Vector256.Create((float)range.Low), Vector256.Create((float)range.High));
        Vector256<float> scale0 = Vector256.Create(scales), scale1 = Vector256.Create(scales[8..]), zero0 = Vector256.Create(zeros), zero1 = Vector256.Create(zeros[8..]);
        // A grid of nothing but 0: whatever is divided by it becomes 0.
        var divisor0 = Vector256.ConditionalSelect(Vector256.Equals(scale0, Vector256<float>.Zero), Vector256<float>.One, scale0);
        var divisor1 = Vector256.ConditionalSelect(Vector256.Equals(scale1, Vector256<float>.Zero), Vector256<float>.One, scale1);
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        for (var i = 0; i < numbers.Length; i++)
        {
            var (number, wide) = (Vector256.Create(numbers[i]), Vector256.Create((double)numbers[i]));
            var code0 = Vector256.MinNative(Vector256.MaxNative(Vector256.Round(number / divisor0) + zero0, first), last);
            var code1 = Vector256.MinNative(Vector256.MaxNative(Vector256.Round(number / divisor1) + zero1, first), last);
            Vector256<float> near0 = (code0 - zero0) * scale0, near1 = (code1 - zero1) * scale1;
            Vector256<double> off0 = wide - Vector256.WidenLower(near0), off1 = wide - Vector256.WidenUpper(near0), off2 = wide - Vector256.WidenLower(near1), off3 = wide - Vector256.WidenUpper(near1);
            var weight = importance.IsEmpty ? Vector256<double>.One : Vector256.Create((double)importance[i]);
            sum0 += off0 * off0 * weight;
            sum1 += off1 * off1 * weight;
            sum2 += off2 * off2 * weight;
            sum3 += off3 * off3 * weight;
        }
        sum0.CopyTo(errors);
        sum1.CopyTo(errors[4..]);
        sum2.CopyTo(errors[8..]);
        sum3.CopyTo(errors[12..]);
    }

    public override Grid? Scaled(Grid grid, float factor) =>
        grid.Parameters is [var scale, .. var rest] ? Steps.Of(Word, (GroupScale.Stored(Scales, scale * factor), rest is [var zero] ? zero : 0)) : null;

    /// <summary>Scale and zero point of the grid from one number to another. Of signed codes the far end of the longer side is the larger magnitude: -8 of four bits has no +8.</summary>
    private (float Scale, float Zero) Between(float low, float high)
    {
        var (first, last) = Word.Range;
        var far = -low > high ? low : high;
        var scale = GroupScale.Stored(Scales, !Word.Signed ? (high - low) / last : first == -last ? Math.Abs(far) / last : far / first);
        return (scale, scale == 0 || Word.Signed ? 0 : Math.Clamp(MathF.Round(-low / scale), first, last));
    }

    private sealed class Steps((int Low, int High) range, float scale, int zero, bool signed) : Grid
    {
        public static Steps Of(Code word, (float Scale, float Zero) of) => new(word.Range, of.Scale, (int)of.Zero, word.Signed);

        private readonly float[] parameters = signed ? [scale] : [scale, zero];

        public override ReadOnlySpan<float> Parameters => parameters;

        public override float this[int code] => (code - zero) * scale;

        public override int Nearest(float number) => scale == 0 ? zero : (int)Math.Clamp(MathF.Round(number / scale) + zero, range.Low, range.High);
    }
}
