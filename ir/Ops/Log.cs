namespace Lathe.Ir.Ops;

/// <summary>The natural logarithm, number by number. ONNX Log, opset 13.</summary>
public sealed record Log : Unary
{
    protected override Expr Of(Expr x) => Expr.Log(x);

    public override IEnumerable<Example> Examples() => Between(0.05, 9);
}
