namespace Lathe.Ir;

/// <summary>Four bits for numbers that are distributed normally: <c>nf4 group=64</c>. Sixteen quantiles of the normal distribution from -1 to 1, 0 among them.</summary>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">As of <see cref="Levelled"/>.</param>
/// <remarks>Dettmers and others, QLoRA (2023), appendix E; the scale is searched, theirs is the largest magnitude.</remarks>
[EncodingExample("nf4 group=5 scales=f16")]
public sealed record Nf4(int Axis = -1, long Group = 0, Scalar Scales = Scalar.F32) : Tabled(Axis, Group, Scales)
{
    private static readonly Ladder Quantiles = new([
        -1f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1f]);

    public override Code Code => new(false, 4);

    protected override Ladder Choose(Spread numbers) => Quantiles;
}
