namespace Lathe.Ir.Ops;

/// <summary>The largest whole number not above x, number by number. ONNX Floor, opset 13.</summary>
public sealed record Floor : Unary
{
    protected override Expr Of(Expr x) => Expr.Floor(x);

    public override IEnumerable<Example> Examples() => Between(-4, 4);
}
