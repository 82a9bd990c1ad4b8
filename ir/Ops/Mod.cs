namespace Lathe.Ir.Ops;

/// <summary>What division leaves, with broadcasting: of the divisor's sign, or of the dividend's as C's fmod. ONNX Mod, opset 13.</summary>
/// <param name="Fmod">Whether the result has the sign of the dividend; reals always do so.</param>
public sealed record Mod(bool Fmod = false) : Pairwise
{
    protected override Scalar Result(Operands x)
    {
        Require(Fmod || x.Numeric(0).Scalar.IsInteger, $"real numbers need fmod=1, the operands are {x.Type(0)}");
        return x.Scalar(0);
    }

    protected override Expr Of(Expr a, Expr b) => a.Type.IsReal ? Call.Of(Function.Remainder, a, b) : Fmod ? WholeDivision.Remainder(a, b) : a % b;

    public override IEnumerable<Example> Examples() =>
    [
        .. Wholes(1, 5), .. (this with { Fmod = true }).Wholes(1, 5), .. (this with { Fmod = true }).Between(0.3, 2),
        new(this, Operand.Of(Scalar.I32, 11), Operand.Constant(Scalar.I32, [], -4)),
        new(this with { Fmod = true }, Operand.Of(Scalar.I64, 11), Operand.Constant(Scalar.I64, [], -4)),
    ];
}
