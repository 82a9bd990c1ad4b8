namespace Lathe.Ir.Ops;

/// <summary>a·b with broadcasting; whole numbers wrap around. ONNX Mul, opset 14.</summary>
public sealed record Mul : Pairwise
{
    protected override Expr Of(Expr a, Expr b) => a * b;

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. Wholes(-90, 90)];
}
