namespace Lathe.Ir.Ops;

/// <summary>The error function 2/√π ∫₀ˣ exp(-t²) dt, number by number. ONNX Erf, opset 13.</summary>
public sealed record Erf : Unary
{
    protected override Expr Of(Expr x) => Call.Of(Function.Erf, x);

    public override IEnumerable<Example> Examples() => Between(-3, 3);
}
