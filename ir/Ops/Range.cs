namespace Lathe.Ir.Ops;

/// <summary>Evenly spaced numbers from a start up to a limit that is not reached. ONNX Range, opset 27.</summary>
/// <remarks>Operands, one number each and known when compiling: start, limit, delta.</remarks>
public sealed record Range : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        x.Alike(0, 1, 2);
        var (start, limit, delta) = (One(x, 0, "start"), One(x, 1, "limit"), One(x, 2, "delta") as Number);
        Require(delta is not null, $"delta must be a number known when compiling, it is {One(x, 2, "delta")}");
        Require(delta!.Real != 0, $"delta is 0, from {start} to {limit}");
        if (!delta.IsReal)
        {
            var (step, room) = (delta.Integer, delta.Integer > 0 ? limit.As(Scalar.I64) - start.As(Scalar.I64) : start.As(Scalar.I64) - limit.As(Scalar.I64));
            return new([Linear.Simplify(Expr.Max(Linear.Simplify(room + (Math.Abs(step) - 1)) / Math.Abs(step), 0))], x.Numeric(0).Scalar);
        }
        Require(start is Number && limit is Number, $"a range of real numbers from {start} to {limit}: both must be known when compiling");
        return new([(long)Math.Max(0, Math.Ceiling((((Number)limit).Real - ((Number)start).Real) / delta.Real))], x.Numeric(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (start, delta) = (One(x, 0, "start"), One(x, 2, "delta"));
        return at[0].As(start.Type) * delta + start;
    }

    private static Expr One(Operands x, int operand, string what) => x.MustKnow(operand, what) is [var one] ? one : throw new TypeException($"{what} must be one number, it is {x.Type(operand)}");

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.Constant(Scalar.I64, [], 3), Operand.Constant(Scalar.I64, [], 12), Operand.Constant(Scalar.I64, [], 2)),
        new(this, Operand.Constant(Scalar.I32, [], 10), Operand.Constant(Scalar.I32, [], 4), Operand.Constant(Scalar.I32, [], -2)),
        new(this, Operand.Constant(Scalar.F32, [], 1), Operand.Constant(Scalar.F32, [], 2.1), Operand.Constant(Scalar.F32, [], 0.25)),
    ];
}
