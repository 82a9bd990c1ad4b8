using Lathe.Ir;

[assembly: Lathe.Sdk.Plugin("acme")]

namespace Samples;

/// <summary>A weight format: a sign and how many times 1/√2, in five bits, with a scale for each group.</summary>
public sealed record Log5(int Axis = 0, long Group = 0, Scalar Scales = Scalar.F16) : Levelled(Axis, Group, Scales)
{
    private static readonly Ladder Powers = new([.. Enumerable.Range(0, 32).Select(code => BitConverter.Int32BitsToSingle(One - (code % 16 >> 1 << 23) - (code & 1) * Half) * (code < 16 ? 1 : -1))]);

    /// <summary>The bits of 1, and how far those of 1/√2 are below them.</summary>
    private const int One = 0x3F800000, Half = 0x3F800000 - 0x3F3504F3;

    public override Code Code => new(false, 5);

    protected override Ladder Ladder => Powers;

    protected override Expr Level(Expr code, Func<string, Expr, Expr> parameter)
    {
        Expr I(long n) => Lathe.Ir.Number.Of(Scalar.I32, n);
        var magnitude = Expr.Select(Expr.Same(code & I(1), I(0)), I(One), I(One - Half)) - ((code & I(14)) << I(22));
        return (magnitude ^ (code & I(16)) << I(27)).BitsAs(Scalar.F32);
    }
}
