namespace Lathe.Ir;

/// <summary>-1, 0 or 1 times a scale, in two bits: <c>ternary axis=0</c>, <c>ternary group=128 scales=f16</c>.</summary>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">As of <see cref="Levelled"/>.</param>
/// <remarks>The scale and what is 0 are those of least error (Li and others, Ternary Weight Networks, 2016, solved exactly); BitNet b1.58 (2024) takes the mean magnitude.</remarks>
[EncodingExample("ternary axis=0")]
public sealed record Ternary(int Axis = -1, long Group = 0, Scalar Scales = Scalar.F32) : Levelled(Axis, Group, Scales)
{
    private static readonly Ladder Signs = new([-1, 0, 1, float.NaN]);

    public override Code Code => new(false, 2);

    protected override Ladder Ladder => Signs;

    protected override Expr Level(Expr code, Func<string, Expr, Expr> parameter) => (code - 1).As(Scalar.F32);

    public override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var (far, weights) = (new float[numbers.Length], new float[numbers.Length]);
        for (var i = 0; i < far.Length; i++) (far[i], weights[i]) = (-Math.Abs(numbers[i]), importance.IsEmpty ? 1 : importance[i]);
        Array.Sort(far, weights);
        // Of the k largest magnitudes the best scale is their mean; they then take (Σhm)² / Σh off the error.
        double scale = 0, most = 0, sum = 0, total = 0;
        for (var i = 0; i < far.Length; i++)
        {
            (sum, total) = (sum - (double)weights[i] * far[i], total + weights[i]);
            if (total > 0 && sum * sum / total > most) (most, scale) = (sum * sum / total, sum / total);
        }
        return Of((float)scale);
    }
}
