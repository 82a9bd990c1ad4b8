using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>A weight format that the product does not have: a sign and how many times 1/√2, in five bits, with a scale for each group.</summary>
public sealed record Log5(int Axis = 0, long Group = 0, Scalar Scales = Scalar.F16) : Tabled(Axis, Group, Scales)
{
    private static readonly Ladder Powers = new([.. Enumerable.Range(0, 32).Select(code => MathF.Pow(2, -0.5f * (code % 16)) * (code < 16 ? 1 : -1))]);

    public override Code Code => new(false, 5);

    protected override Ladder Choose(Spread numbers) => Powers;
}
