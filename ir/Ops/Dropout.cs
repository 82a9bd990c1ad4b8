namespace Lathe.Ir.Ops;

/// <summary>What training drops at random stays as it is when a model runs. ONNX Dropout, opset 22.</summary>
/// <param name="Seed">Of the random numbers of training.</param>
/// <remarks>Operands: x; optionally the share that is dropped and whether the model is in training, which must be known not to be. Results: x; a mask of what was kept, all true.</remarks>
public sealed record Dropout(long Seed = 0) : FormulaOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        if (x.Has(2)) Require(x.MustKnow(2, "the training mode") is [Number { Integer: 0 }] || x.Known(1) is [Number { Real: 0 }], $"dropping numbers at random belongs to training, not to a model that runs");
        return [x.Type(0).Elementwise, new(x.Shape(0), Scalar.Bool)];
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => result == 0 ? x[0](at) : true;

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this, Operand.F32(3), Operand.Constant(Scalar.F32, [], 0.3), Operand.Constant(Scalar.Bool, [], 0))];
}
