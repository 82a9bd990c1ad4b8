namespace Lathe.Ir.Ops;

/// <summary>The first slices of a tensor along an axis. Not of ONNX: the importer puts it behind operators that make fewer slices than they have room for.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <remarks>Operands: x; how many slices, a number that types know.</remarks>
[NotOfOnnx]
public sealed record Head(long Axis = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        if (x.MustKnow(1, "the count") is not [var count]) throw new TypeException($"the count must be one number, it is {x.Type(1)}");
        var (along, extent) = (x.Axis(Axis), x.Shape(0)[x.Axis(Axis)]);
        // A number that a run decides is of slices that are there: what counts them bounds it.
        if (count is Number) x.Check(count <= extent, $"{count} slices of axis {along} of {x.Type(0)}");
        return new(x.Shape(0).With(along, count), x.Scalar(0));
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](at);

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(5, 3), Operand.Wholes(2)), new(this with { Axis = -1 }, Operand.F32(2, 7), Operand.Wholes(4))];
}
