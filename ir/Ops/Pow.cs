namespace Lathe.Ir.Ops;

/// <summary>a to the power b with broadcasting, in the kind of a; b may be of another kind. ONNX Pow, opset 15.</summary>
public sealed record Pow : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Numeric(1);
        return new(Broadcast.Shapes(x, 0, 1), x.Numeric(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (a, b) = (Broadcast.Read(x, 0, at), Broadcast.Read(x, 1, at));
        if (b is Number n && (n.IsReal ? n.Real : n.Integer) is (1 or 2 or 3) and var times) return times == 1 ? a : times == 2 ? a * a : a * a * a;
        if (a.Type.IsReal) return Expr.Pow(a, b.As(a.Type));
        return b.Type.IsReal ? Expr.Pow(a.As(Scalar.F64), b.As(Scalar.F64)).As(a.Type) : Whole(a, b);
    }

    /// <summary>A product of the squares that the bits of the exponent name, exact and wrapping around. Above 63 only 0, 1 and -1 have a power that fits, and the lowest bit decides it.</summary>
    private static Expr Whole(Expr a, Expr b)
    {
        Expr power = Number.Of(a.Type, 1L);
        for (var bit = 0; bit < 6; bit++, a *= a) power *= Expr.Select(Expr.Same((b >> bit) & 1, 1), a, 1);
        return power;
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 1, 5) with { Low = 0.1 }, Operand.F32(3, 1)),
        new(this, Operand.F32(3, 5), Operand.Constant(Scalar.F32, [], 2)),
        new(this, Operand.F32(3, 5), Operand.Constant(Scalar.F32, [], 3)),
        new(this, Operand.F32(5) with { Low = 0 }, Operand.Constant(Scalar.F32, [1], 0.5)),
        new(this, Operand.F32(5), Operand.Of(Scalar.I64, 5) with { Low = 0 }),
        new(this, Operand.Of(Scalar.I32, 2, 7), Operand.Of(Scalar.I32, 7) with { Low = 0 }),
        new(this, Operand.Of(Scalar.I64, 7) with { Low = 1 }, Operand.F32(7)),
    ];
}
