namespace Lathe.Ir;

/// <summary>A sign and a power of two: <c>shift bits=4 axis=0</c> has ±1, ±1/2 … ±1/128 times a scale. No code is 0.</summary>
/// <param name="Bits">2 to 6.</param>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">As of <see cref="Levelled"/>; with f8e8m0 every product is a shift.</param>
/// <remarks>Li and others, DenseShift: Towards Accurate and Efficient Low-Bit Power-of-Two Quantization (2023).</remarks>
[EncodingExample("shift bits=4 axis=0")]
public sealed record Shift(int Bits, int Axis = -1, long Group = 0, Scalar Scales = Scalar.F32) : Levelled(Axis, Group, Scales)
{
    private static readonly Ladder[] Ladders = [.. Enumerable.Range(0, 7).Select(bits => bits < 2 ? new([1]) : new Ladder([.. Enumerable.Range(0, 1 << bits).Select(code => Level(code, bits))]))];

    public int Bits { get; } = Bits is >= 2 and <= 6 ? Bits : throw new TypeException($"shift has codes of 2 to 6 bits, not {Bits}");

    public override Code Code => new(false, Bits);

    protected override Ladder Ladder => Ladders[Bits];

    /// <summary>The sign bit above how far the exponent is below that of 1: the fields of an f32.</summary>
    protected override Expr Level(Expr code, Func<string, Expr, Expr> parameter)
    {
        Expr I(long n) => Ir.Number.Of(Scalar.I32, n);
        var sign = 1 << Bits - 1;
        return ((code & I(sign)) << I(32 - Bits) ^ I(127 << 23) - ((code & I(sign - 1)) << I(23))).BitsAs(Scalar.F32);
    }

    private static float Level(int code, int bits) => MathF.ScaleB((code >> bits - 1) == 0 ? 1 : -1, -(code & (1 << bits - 1) - 1));
}
