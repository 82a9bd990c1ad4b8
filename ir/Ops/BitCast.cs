namespace Lathe.Ir.Ops;

/// <summary>The same bits as another kind of equal width. ONNX BitCast, opset 26.</summary>
/// <param name="To">The kind.</param>
public sealed record BitCast(Scalar To) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(To.Bits == x.Scalar(0).Bits && To != Scalar.Bool && x.Scalar(0) != Scalar.Bool && !To.IsComplex && !x.Scalar(0).IsComplex, $"the bits of {x.Type(0)} are not {To.Text}");
        return new(x.Shape(0), To);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](at).As(x.Scalar(0)).BitsAs(To).As(To.Arithmetic);

    public override IEnumerable<Example> Examples() => [new(this with { To = Scalar.I32 }, Operand.F32(3, 5)), new(this with { To = Scalar.F32 }, Operand.Of(Scalar.U32, 5)), new(this with { To = Scalar.I16 }, Operand.Of(Scalar.U16, 5))];
}
