using Lathe.Ir;

[assembly: Lathe.Sdk.Plugin("acme_plugin")]

namespace Acme;

/// <summary>Three bits for each weight: a sign and one of four powers of two, with a scale for each group along an axis.</summary>
/// <param name="Axis">Along which groups lie.</param>
/// <param name="Group">Numbers that share a scale; 0: all along the axis.</param>
/// <param name="Scales">What a scale is stored as.</param>
public sealed record Powers(int Axis = 0, long Group = 0, Scalar Scales = Scalar.F16) : Levelled(Axis, Group, Scales)
{
    /// <summary>The levels by code: 1, 1/2, 1/4, 1/8, then the same below zero. The compiler finds the nearest to each weight.</summary>
    private static readonly Ladder Levels = new([.. Enumerable.Range(0, 8).Select(code => MathF.ScaleB(code < 4 ? 1 : -1, -(code % 4)))]);

    public override Code Code => new(false, 3);

    protected override Ladder Ladder => Levels;

    /// <summary>The level of a code as a formula: bits of a float, so that machine code decodes in registers.</summary>
    protected override Expr Level(Expr code, Func<string, Expr, Expr> parameter)
    {
        static Expr I(long n) => Lathe.Ir.Number.Of(Scalar.I32, n);
        return ((I(0x3F800000) - ((code & I(3)) << I(23))) | ((code & I(4)) << I(29))).BitsAs(Scalar.F32);
    }
}
