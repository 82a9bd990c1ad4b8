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

    public override Code Code => Word;

    public override Seq<Parameter> Parameters => Word.Signed ? [new("scale", Scales)] : [new("scale", Scales), new("zero", Word.Bits > 4 ? Scalar.U8 : Word.Bits > 2 ? Scalar.U4 : Scalar.U2)];

    protected override Expr Number(Expr code, Func<string, Expr, Expr> parameter) =>
        (Word.Signed ? code : code - parameter("zero", 0)).As(Scalar.F32) * parameter("scale", 0);

    public override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var (low, high) = (0f, 0f);
        foreach (var number in numbers) (low, high) = (Math.Min(low, number), Math.Max(high, number));
        var (best, least) = (default(Grid), double.PositiveInfinity);
        foreach (var clip in Clips)
        {
            var grid = Between(low * clip, high * clip);
            var error = grid.Error(numbers, importance);
            if (error < least) (best, least) = (grid, error);
        }
        return best ?? Between(0, 0);
    }

    public override Grid? Scaled(Grid grid, float factor) => grid.Parameters is [var scale, .. var rest] && (rest is [var z] ? (int)z : 0) is var zero ? Stepping(scale * factor, _ => zero) : null;

    /// <summary>The grid from one number to another. Of signed codes the far end of the longer side is the larger magnitude: -8 of four bits has no +8.</summary>
    private Steps Between(float low, float high)
    {
        var (first, last) = Word.Range;
        if (!Word.Signed) return Stepping((high - low) / last, scale => Math.Clamp((int)MathF.Round(-low / scale), first, last));
        var far = -low > high ? low : high;
        return Stepping(first == -last ? Math.Abs(far) / last : far / first, _ => 0);
    }

    private Steps Stepping(float scale, Func<float, int> zero)
    {
        var stored = (float)Stored(Scales, scale);
        return new(Word.Range, stored, stored == 0 ? 0 : zero(stored), Word.Signed);
    }

    /// <summary>A scale as it is stored, never beyond the largest that its kind holds.</summary>
    private static double Stored(Scalar kind, float scale) => kind == Scalar.F32 ? scale : SmallFloats.Decode(kind, SmallFloats.Encode(kind, Math.Clamp(scale, kind == Scalar.F16 ? -65504 : float.MinValue, kind == Scalar.F16 ? 65504 : float.MaxValue)));

    private sealed class Steps((int Low, int High) range, float scale, int zero, bool signed) : Grid
    {
        private readonly float[] parameters = signed ? [scale] : [scale, zero];

        public override ReadOnlySpan<float> Parameters => parameters;

        public override float this[int code] => (code - zero) * scale;

        public override int Nearest(float number) => scale == 0 ? zero : (int)Math.Clamp(MathF.Round(number / scale) + zero, range.Low, range.High);
    }
}
