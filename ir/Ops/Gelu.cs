namespace Lathe.Ir.Ops;

/// <summary>x times the chance that a standard normal number is below x. ONNX Gelu, opset 20.</summary>
/// <param name="Approximate">none: by the error function; tanh: by the usual polynomial under a tanh.</param>
public sealed record Gelu(string Approximate = "none") : Unary
{
    protected override TensorType InferOne(Operands x)
    {
        Require(Approximate is "none" or "tanh", $"approximate must be none or tanh, it is {Approximate}");
        return base.InferOne(x);
    }

    protected override Expr Of(Expr x) => Approximate == "tanh"
        ? x * 0.5 * (1.0 + Expr.Tanh((x + x * x * x * 0.044715) * Math.Sqrt(2 / Math.PI)))
        : x * 0.5 * (1.0 + Call.Of(Function.Erf, x * Math.Sqrt(0.5)));

    public override IEnumerable<Example> Examples() => [.. Between(-4, 4), .. (this with { Approximate = "tanh" }).Between(-4, 4)];
}
