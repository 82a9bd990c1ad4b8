namespace Lathe.Ir.Ops;

/// <summary>Whether a and b are equal, broadcast to a common shape. ONNX Equal, opset 19.</summary>
public sealed record Equal : Comparison
{
    protected override Scalar Result(Operands x)
    {
        Require(x.Scalar(0) != Scalar.String && !x.Scalar(0).IsComplex, $"operands must be numbers or truth values, they are {x.Type(0)}");
        return Scalar.Bool;
    }

    protected override Expr Of(Expr a, Expr b) => Expr.Same(a, b);

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this, Operand.Of(Scalar.Bool, 6), Operand.Of(Scalar.Bool, 2, 6))];
}
