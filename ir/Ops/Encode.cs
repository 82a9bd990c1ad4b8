namespace Lathe.Ir.Ops;

/// <summary>The operand's numbers, stored in another format: rounded to what that can hold. ONNX QuantizeLinear followed by DequantizeLinear.</summary>
/// <param name="To">A format that values computed in a run can be stored in, such as <c>u8 scale=0.02 zero=128</c>.</param>
public sealed record Encode(Encoding? To = null) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(To is not null, $"{Name}: to is missing");
        Require(x.Real(0).Scalar == To!.Scalar, $"numbers of {x.Type(0)} are not those of {To}");
        Require(To.IsStorable, $"{To} is for weights: no run can store it");
        return new(x.Shape(0), To);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => x[0](at);

    public override IEnumerable<Example> Examples() =>
    [
        new(new Encode(new Stepped(new Code(false, 8), 0.01f, 128)), Operand.F32(3, 5)),
        new(new Encode(new Stepped(new Code(true, 8), 0.02f)), Operand.F32(2, 3, 20)),
        new(new Encode(new Stepped(new Code(false, 4), 0.1f, 7)), Operand.F32(37)),
    ];
}
