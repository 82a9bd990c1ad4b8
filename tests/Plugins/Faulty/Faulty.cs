using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("faulty", Domain = "org.example.faulty")]

namespace Samples;

/// <summary>An operator with a bug in its formula.</summary>
public sealed record Warp : FormulaOp
{
    protected override TensorType InferOne(Operands x) => x.Real(0).Elementwise;

    public override Expr At(Operands x, Seq<Expr> at, int result) => throw new InvalidCastException("a bug of the formula's");

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3))];
}

/// <summary>A rule with a bug, which shows where a model has a sine.</summary>
public sealed record Sines : Rule
{
    public override bool IsExact => true;

    public override Improvement? Improve(Node step, Surroundings around) => step.Op is Sin ? throw new KeyNotFoundException("a bug of the rule's") : null;
}

/// <summary>A weight format with a bug, which shows where weights are stored so.</summary>
public sealed record Log3(int Axis = 0, long Group = 0, Scalar Scales = Scalar.F16) : Levelled(Axis, Group, Scales)
{
    public override Code Code => new(false, 3);

    protected override Ladder Ladder => throw new ArithmeticException("a bug of the format's");

    protected override Expr Level(Expr code, Func<string, Expr, Expr> parameter) => code;
}
