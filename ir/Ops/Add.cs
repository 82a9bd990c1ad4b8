namespace Lathe.Ir.Ops;

/// <summary>a + b with broadcasting; whole numbers wrap around. ONNX Add, opset 14.</summary>
public sealed record Add : Pairwise
{
    protected override Expr Of(Expr a, Expr b) => a + b;

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. Wholes(-9, 9)];
}
