namespace Lathe.Ir.Ops;

/// <summary>The same numbers in another kind: toward zero where it is whole, to nearest even where it is real. ONNX Cast, opset 25.</summary>
/// <param name="To">The kind.</param>
/// <param name="Saturate">For f8: whether what is too large becomes the largest number instead of an infinity or NaN.</param>
/// <param name="RoundMode">For f8e8m0: up, down or nearest power of two.</param>
public sealed record Cast(Scalar To, bool Saturate = true, string RoundMode = "up") : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(Convertible(x.Scalar(0)) && Convertible(To), $"numbers of {x.Type(0)} cannot become {To.Text}");
        return new(x.Shape(0), To);
        static bool Convertible(Scalar kind) => kind != Scalar.String && !kind.IsComplex;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Conversion.Of(x[0](at), To, Saturate, RoundMode);

    public override IEnumerable<Example> Examples() =>
    [
        new(this with { To = Scalar.I32 }, Operand.F32(2, 7)),
        new(this with { To = Scalar.U8 }, Operand.F32(7) with { Low = 0, High = 9 }),
        new(this with { To = Scalar.F16 }, Operand.F32(9)),
        new(this with { To = Scalar.BF16 }, Operand.F32(9)),
        new(this with { To = Scalar.F32 }, Operand.Of(Scalar.F16, 9)),
        new(this with { To = Scalar.F32 }, Operand.Of(Scalar.I64, 9)),
        new(this with { To = Scalar.F64 }, Operand.F32(5)),
        new(this with { To = Scalar.F32 }, Operand.Of(Scalar.F64, 5)),
        new(this with { To = Scalar.Bool }, Operand.Constant(Scalar.F32, [4], 0, -0.5, 3, double.NaN)),
        new(this with { To = Scalar.I64 }, Operand.Of(Scalar.Bool, 5)),
        new(this with { To = Scalar.I8 }, Operand.Of(Scalar.I32, 9) with { Low = -300, High = 300 }),
        new(this with { To = Scalar.U4 }, Operand.Of(Scalar.U8, 9)),
        new(this with { To = Scalar.F8E4M3FN }, Operand.F32(9) with { Low = -500, High = 500 }),
        new(this with { To = Scalar.F8E4M3FN, Saturate = false }, Operand.F32(9) with { Low = -900, High = 900 }),
        new(this with { To = Scalar.F8E5M2 }, Operand.F32(9)),
        new(this with { To = Scalar.F8E8M0, RoundMode = "nearest" }, Operand.F32(9) with { Low = 0.1, High = 9 }),
    ];
}
