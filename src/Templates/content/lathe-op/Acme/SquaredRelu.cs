using Lathe.Ir;

// Nodes of this domain in .onnx files are this plugin's operators.
[assembly: Lathe.Sdk.Plugin("acme_plugin", Domain = "acme_plugin")]

namespace Acme;

/// <summary>scale · max(x, 0)²: the activation of Primer (So et al. 2021).</summary>
/// <remarks>The parameters of the record are the attributes of the node.</remarks>
public sealed record SquaredRelu(float Scale = 1) : FormulaOp
{
    /// <summary>The type of the result; what does not fit is said with both sides.</summary>
    protected override TensorType InferOne(Operands x)
    {
        Require(Scale > 0, $"scale must be positive, it is {Scale}");
        return x.Real(0).Elementwise;
    }

    /// <summary>The number at an index. Interpreter, fusion and machine code all follow from it.</summary>
    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var positive = Expr.Max(x[0](at), 0.0);
        return positive * positive * Scale;
    }

    /// <summary>Small uses of every kind: tests are made of them.</summary>
    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5)), new(this with { Scale = 0.5f }, Operand.F32(7))];
}
