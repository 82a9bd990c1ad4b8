namespace Lathe.Ir.Ops;

/// <summary>Quantizes to u8 with the scale and zero point that the numbers themselves ask for. ONNX DynamicQuantizeLinear, opset 11.</summary>
/// <remarks>Results: the numbers as u8; the scale; the zero point.</remarks>
public sealed record DynamicQuantizeLinear : FormulaOp
{
    public override Seq<TensorType> Infer(Operands x) => [new(x.Real(0).Shape, Scalar.U8), new([], Scalar.F32), new([], Scalar.U8)];

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        // 0 is always inside the range, so that it is exact.
        var least = Expr.Min(Expr.Reduce(ReduceKind.Min, x.Shape(0), k => x[0](k)), 0);
        var span = Expr.Max(Expr.Largest(x.Shape(0), k => x[0](k)), 0) - least;
        var scale = Expr.Select(Expr.Same(span, 0), 1, span / 255.0);
        if (result == 1) return scale;
        var zero = Expr.Round(Expr.Clamp(-least / scale, 0, 255)).As(Scalar.U8);
        return result == 2 ? zero : Quantization.Round(x[0](at) / scale, zero, Scalar.U8);
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(3, 5)), new(this, Operand.F32(7) with { Low = 1, High = 3 }), new(this, Operand.Constant(Scalar.F32, [2], 0, 0))];
}
