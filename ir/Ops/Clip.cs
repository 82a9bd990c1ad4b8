namespace Lathe.Ir.Ops;

/// <summary>Holds numbers between a least and a greatest; where the least is above the greatest the result is the greatest. ONNX Clip, opset 13.</summary>
/// <remarks>Operands: x; optionally the least and the greatest, one number each.</remarks>
public sealed record Clip : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Alike(0, 1, 2);
        for (var i = 1; i < x.Count; i++) Require(!x.Has(i) || x.Type(i).Size is Number { Integer: 1 }, $"a bound must be one number, it is {x.Type(i)}");
        return x.Numeric(0).Elementwise;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var number = x[0](at);
        if (x.Has(1)) number = Expr.Max(number, x.Only(1));
        return x.Has(2) ? Expr.Min(number, x.Only(2)) : number;
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 5), Operand.Constant(Scalar.F32, [], -0.5), Operand.Constant(Scalar.F32, [], 1)),
        new(this, Operand.F32(3, 5), null, Operand.F32()),
        new(this, Operand.F32(7), Operand.Constant(Scalar.F32, [], 1), Operand.Constant(Scalar.F32, [], -1)),
        new(this, Operand.F32(7)),
        new(this, Operand.Of(Scalar.I8, 7), Operand.Constant(Scalar.I8, [], -3)),
    ];
}
