namespace Lathe.Ir.Ops;

/// <summary>Two axes in place of all: those before a place and those from it on. ONNX Flatten, opset 25.</summary>
/// <param name="Axis">The first axis of the second group, counted from the end where negative.</param>
public sealed record Flatten(long Axis = 1) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (shape, rank) = (x.Shape(0), x.Shape(0).Count);
        Require(Axis >= -rank && Axis <= rank, $"axis {Axis} of {x.Type(0)}");
        var first = (int)(Axis < 0 ? Axis + rank : Axis);
        return new([x.Type(0).With(shape[..first]).Size, x.Type(0).With(shape[first..]).Size], x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](Indexing.Reshaped(InferOne(x).Shape, x.Shape(0), at));

    public override IEnumerable<Example> Examples() => [.. new[] { 1L, 0, 3, -1 }.Select(axis => new Example(this with { Axis = axis }, Operand.F32(2, 3, 5))), new(this, Operand.F32(4))];
}
