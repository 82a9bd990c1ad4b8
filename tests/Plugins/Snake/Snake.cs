using Lathe.Ir;

[assembly: Lathe.Sdk.Plugin("snake", Domain = "org.example.audio")]

namespace Samples;

/// <summary>x + sin²(αx) / α: an activation for periodic signals (Ziyin, Hartwig and Ueda 2020).</summary>
public sealed record Snake(float Alpha = 1) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(Alpha > 0, $"alpha must be positive, it is {Alpha}");
        return x.Real(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var wave = Call.Of(Function.Sin, x[0](at) * Alpha);
        return x[0](at) + wave * wave / Alpha;
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5)), new(this with { Alpha = 0.5f }, Operand.F32(7))];
}
