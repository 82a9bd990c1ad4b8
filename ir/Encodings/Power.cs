namespace Lathe.Ir;

/// <summary>Numbers whose powers are evenly apart: <c>power bits=4 group=64</c>. The exponent below 1 makes them dense near 0.</summary>
/// <param name="Bits">2 to 8.</param>
/// <param name="Exponent">Evenly apart are sign(w)·|w|^exponent; 0: the one in (0, 1] that suits the weight best.</param>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">As of <see cref="Levelled"/>.</param>
/// <remarks>Yvinec and others, NUPES: Non-Uniform Post-Training Quantization via Power Exponent Search (2023).</remarks>
[EncodingExample("power bits=4 axis=0")]
public sealed record Power(int Bits, double Exponent = 0, int Axis = -1, long Group = 0, Scalar Scales = Scalar.F32) : Tabled(Axis, Group, Scales)
{
    public int Bits { get; } = Bits is >= 2 and <= 8 ? Bits : throw new TypeException($"power has codes of 2 to 8 bits, not {Bits}");

    public double Exponent { get; } = Exponent is >= 0 and <= 1 ? Exponent : throw new TypeException($"the exponent of power must be in (0, 1], or 0 for the best, not {RecordText.Show(Exponent)}");

    public override Code Code => new(false, Bits);

    protected override Ladder Choose(Spread numbers) => Exponent > 0 ? Table(Exponent)
        : Enumerable.Range(6, 15).Select(step => Table(step * 0.05)).MinBy(numbers.Error)!;

    /// <summary>The middle code is 0; the lowest is the same as its neighbour, so that both sides are alike.</summary>
    private Ladder Table(double exponent)
    {
        var middle = 1 << Bits - 1;
        return new([.. Enumerable.Range(0, 2 * middle).Select(code => Math.Max(code - middle, 1 - middle) / (double)(middle - 1)).Select(x => (float)(Math.Sign(x) * Math.Pow(Math.Abs(x), 1 / exponent)))]);
    }
}
