namespace Lathe.Ir;

/// <summary>Microscaling: small floats of which a block shares one power of two. <c>mx format=e2m1</c> is MXFP4: 4.25 bits a number.</summary>
/// <param name="Format">Exponent and mantissa.</param>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">Numbers in a block.</param>
/// <remarks>OCP Microscaling Formats Specification 1.0 (2023): blocks of 32, scales in e8m0. The scale is not always floor(log2(largest)): the one of least error is.</remarks>
[EncodingExample("mx format=e4m3 axis=0 group=3")]
public sealed record Mx(FloatFields Format, int Axis = -1, long Group = 32) : Levelled(Axis, Group, Scalar.F8E8M0)
{
    public override Code Code => SmallFloatCode.Of(Format);

    protected override Ladder Ladder => SmallFloatCode.Ladder(Format);

    protected override Expr Level(Expr code, Func<string, Expr, Expr> parameter) => SmallFloatCode.Read(Format, code);
}
