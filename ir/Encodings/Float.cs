namespace Lathe.Ir;

/// <summary>The fields of a float of at most eight bits: a sign, an exponent, a mantissa.</summary>
public enum FloatFields
{
    /// <summary>OCP fp8: up to 448, the code of all ones is no number.</summary>
    E4m3,
    /// <summary>OCP fp8: the upper byte of an f16, up to 57344.</summary>
    E5m2,
    /// <summary>OCP fp4: 0, 0.5, 1, 1.5, 2, 3, 4, 6. All codes are numbers.</summary>
    E2m1,
    /// <summary>OCP fp6: up to 28. All codes are numbers.</summary>
    E3m2,
    /// <summary>OCP fp6: up to 7.5. All codes are numbers.</summary>
    E2m3,
}

/// <summary>Small floats times a scale: <c>float format=e4m3 axis=0</c>, <c>float format=e2m1 group=32 scales=f16</c>.</summary>
/// <param name="Format">Exponent and mantissa.</param>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">As of <see cref="Levelled"/>; f8e8m0 holds powers of two, so that scaling rounds nothing.</param>
/// <remarks>OCP 8-bit Floating Point Specification (2023); ZeroQuant-FP (2023) for scales that are powers of two.</remarks>
[EncodingExample("float format=e3m2 axis=0")]
public sealed record Float(FloatFields Format, int Axis = -1, long Group = 0, Scalar Scales = Scalar.F32) : Levelled(Axis, Group, Scales)
{
    public override Code Code => SmallFloatCode.Of(Format);

    protected override Ladder Ladder => SmallFloatCode.Ladder(Format);

    protected override Expr Level(Expr code, Func<string, Expr, Expr> parameter) => SmallFloatCode.Read(Format, code);
}
