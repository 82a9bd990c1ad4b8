namespace Lathe.Ir.Ops;

/// <summary>Repeats a whole tensor along each axis. ONNX Tile, opset 13.</summary>
/// <remarks>Operands: x; how often along each axis.</remarks>
public sealed record Tile : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var repeats = x.MustKnow(1, "the repeats");
        Require(repeats.Count == x.Shape(0).Count, $"{repeats.Count} repeats for the axes of {x.Type(0)}");
        return new([.. x.Shape(0).Zip(repeats, (extent, times) => Linear.Simplify(extent * times))], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0]([.. at.Zip(x.Shape(0), (index, extent) => Linear.Simplify(index % extent))]);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3), Operand.Wholes(2, 3)), new(this, Operand.F32(5, 1, 2), Operand.Wholes(1, 4, 1)), new(this, Operand.Of(Scalar.I64, 3), Operand.Wholes(2))];
}
