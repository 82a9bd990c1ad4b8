namespace Lathe.Ir.Ops;

/// <summary>The Fourier transforms of windows that slide over signals. ONNX STFT, opset 17.</summary>
/// <param name="Onesided">Whether only the first half of the frequencies is kept.</param>
/// <remarks>Operands: signals [N, length, 1 or 2]; the step from window to window; optionally factors of the window; optionally its length (else that of the factors). The result is [N, windows, frequencies, 2].</remarks>
public sealed record STFT(bool Onesided = true) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Type(0).Rank == 3, $"signals must be [N, length, 1 or 2], they are {x.Type(0)}");
        DFT.CheckParts(x);
        Require(x.Has(2) || x.Has(3), $"neither the factors of the window nor its length are given");
        var length = Length(x);
        if (x.Has(2)) x.Equal(x.Shape(2)[0], length, $"factors {x.Type(2)} of a window of {length}");
        Require(Step(x) >= 1, $"the step from window to window must be positive, it is {Step(x)}");
        x.Check(length <= x.Shape(0)[1], $"a window of {length} does not fit signals {x.Type(0)}");
        return new([x.Shape(0)[0], Linear.Simplify((x.Shape(0)[1] - length) / Step(x) + 1), Onesided ? Linear.Simplify(length / 2 + 1) : length, 2], x.Real(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (length, kind) = (Length(x), x.Scalar(0).Arithmetic);
        return Expr.Sum([length], k =>
        {
            // As in DFT: whole turns off in whole numbers, the angle in f64.
            var angle = (at[2] * k[0] % length).As(Scalar.F64) * (2 * Math.PI) / length.As(Scalar.F64);
            var (cos, sin) = (Call.Of(Function.Cos, angle).As(kind), -Call.Of(Function.Sin, angle).As(kind));
            Expr Part(int part) => DFT.ReadPart(x, [at[0], Linear.Simplify(at[1] * Step(x) + k[0]), part], null);
            var number = Expr.Select(Expr.Same(at[3], 0), Part(0) * cos - Part(1) * sin, Part(0) * sin + Part(1) * cos);
            return x.Has(2) ? number * x[2]([k[0]]) : number;
        });
    }

    private static Expr Length(Operands x) => x.Has(3) ? x.MustKnow(3, "the length of the window")[0].As(Scalar.I64) : x.Shape(2)[0];
    private static long Step(Operands x) => x.Wholes(1, "the step")[0];

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(1, 13, 1), Operand.Constant(Scalar.I64, [], 3), null, Operand.Constant(Scalar.I64, [], 6)),
        new(this with { Onesided = false }, Operand.F32(2, 9, 2), Operand.Constant(Scalar.I64, [], 2), Operand.F32(5)),
    ];
}
