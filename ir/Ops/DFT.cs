namespace Lathe.Ir.Ops;

/// <summary>The discrete Fourier transform along an axis, by its defining sum. ONNX DFT, opset 20.</summary>
/// <param name="Inverse">Whether it goes from frequencies to signals, over the length.</param>
/// <param name="Onesided">Forward, whether only the first half of the frequencies of a real signal is kept; backward, whether only those are given and the signal is real.</param>
/// <remarks>Operands: x, its last axis the real part, or real and imaginary part; optionally the length, beyond which x is zero; optionally the axis (else the last but one).</remarks>
public sealed record DFT(bool Inverse = false, bool Onesided = false) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Type(0).Rank >= 2, $"x must have a last axis of one or two, it is {x.Type(0)}");
        CheckParts(x);
        var (along, length) = Along(x);
        Require(along < x.Type(0).Rank - 1, $"axis {along} of {x.Type(0)} holds the parts of numbers");
        if (Onesided) x.Equal(x.Shape(0)[^1], Inverse ? 2 : 1, $"one side {(Inverse ? "of the frequencies must be complex" : "is kept of real signals only")}, x is {x.Type(0)}");
        x.Check(0 <= length, $"a transform of length {length} along axis {along} of {x.Type(0)}");
        var shape = x.Shape(0).With(along, Onesided && !Inverse ? Linear.Simplify(length / 2 + 1) : length);
        return new(shape.With(shape.Count - 1, Onesided && Inverse ? 1 : 2), x.Real(0).Scalar);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (along, length) = Along(x);
        var kind = x.Scalar(0).Arithmetic;
        var half = Onesided && Inverse;
        var sum = Expr.Sum([half ? x.Shape(0)[along] : length], k =>
        {
            // Whole turns are taken off in whole numbers, the angle is of f64: a factor that should be 0 or 1 is so to the last bit of f32.
            var angle = (at[along] * k[0] % length).As(Scalar.F64) * (2 * Math.PI) / length.As(Scalar.F64);
            var (cos, sin) = (Call.Of(Function.Cos, angle).As(kind), Call.Of(Function.Sin, angle).As(kind));
            Expr Part(int part) => ReadPart(x, at.With(along, k[0]).With(at.Count - 1, part), Linear.ProvesLess(length - 1, x.Shape(0)[along]) ? null : 0);
            if (!Inverse) sin = -sin;
            var (real, imaginary) = (Part(0) * cos - Part(1) * sin, Part(0) * sin + Part(1) * cos);
            if (half) return real * Expr.Select(Expr.Same(k[0], 0) | Expr.Same(k[0] * 2, length), Number.Of(kind, 1.0), 2.0);
            return Expr.Select(Expr.Same(at[^1], 0), real, imaginary);
        });
        return Inverse ? sum / length.As(kind) : sum;
    }

    /// <summary>Checks that numbers have a real part, or both.</summary>
    internal static void CheckParts(Operands x) => x.Check(Expr.Same(x.Shape(0)[^1], 1) | Expr.Same(x.Shape(0)[^1], 2), $"the last axis holds real parts, or real and imaginary ones, x is {x.Type(0)}");

    /// <summary>A part of a number; an imaginary part that is not there is 0.</summary>
    internal static Expr ReadPart(Operands x, Seq<Expr> at, Expr? outside) => x.Shape(0)[^1] is not Number { Integer: var parts } ? x[0](at, at[^1] == (Expr)0 ? outside : 0)
        : at[^1].Whole < parts ? x[0](at, outside) : Number.Of(x.Scalar(0).Arithmetic, 0.0);

    private (int Along, Expr Length) Along(Operands x)
    {
        var along = x.Has(2) ? x.Axis(x.Wholes(2, "the axis")[0]) : x.Axis(-2);
        var extent = x.Shape(0)[along];
        return (along, x.Has(1) ? x.MustKnow(1, "the length")[0].As(Scalar.I64) : Onesided && Inverse ? Linear.Simplify((extent - 1) * 2) : extent);
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 5, 1)), new(this with { Onesided = true }, Operand.F32(1, 6, 1)), new(this with { Inverse = true }, Operand.F32(1, 4, 2)),
        new(this, Operand.F32(4, 3, 2), Operand.Constant(Scalar.I64, [], 6), Operand.Constant(Scalar.I64, [], 0)), new(this with { Inverse = true, Onesided = true }, Operand.F32(1, 4, 2)),
    ];
}
