namespace Lathe.Ir.Ops;

/// <summary>a - b with broadcasting; whole numbers wrap around. ONNX Sub, opset 14.</summary>
public sealed record Sub : Pairwise
{
    protected override Expr Of(Expr a, Expr b) => a - b;

    public override IEnumerable<Example> Examples() => [.. base.Examples(), .. Wholes(-9, 9)];
}
