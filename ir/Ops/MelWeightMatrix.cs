namespace Lathe.Ir.Ops;

/// <summary>The triangular filters that turn a spectrum into bands evenly spaced on the mel scale, 2595·log10(1 + f / 700). ONNX MelWeightMatrix, opset 17.</summary>
/// <param name="OutputDatatype">The kind of the result.</param>
/// <remarks>Operands, one number each and known when compiling: bands; length of the transform; samples a second; lower and upper edge in hertz. The result is [length / 2 + 1, bands].</remarks>
public sealed record MelWeightMatrix(Scalar OutputDatatype = Scalar.F32) : FormulaOp
{
    protected override TensorType InferOne(Operands x) => new([x.Wholes(1, "the length of the transform")[0] / 2 + 1, x.Wholes(0, "the number of bands")[0]], OutputDatatype);

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (bands, length, rate) = (x.Wholes(0, "the number of bands")[0], x.Wholes(1, "the length of the transform")[0], x.Wholes(2, "the sample rate")[0]);
        var (lowest, highest) = (Mel(Hertz(x, 3)), Mel(Hertz(x, 4)));
        Expr Bin(int edge)
        {
            var mel = (at[1] + edge).As(Scalar.F64) * ((highest - lowest) / (bands + 2)) + lowest;
            return Expr.Floor((Expr.Exp(mel * (Math.Log(10) / 2595)) - 1.0) * 700.0 * (length + 1.0) / (double)rate);
        }
        var (place, low, center, high) = (at[0].As(Scalar.F64), Bin(0), Bin(1), Bin(2));
        var rising = Expr.Select(Expr.Same(low, center), 1, (place - low) / Expr.Max(center - low, 1));
        var weight = Expr.Select((low <= place) & (place <= center), rising, 0);
        weight = Expr.Select((center <= place) & (place < high), (high - place) / Expr.Max(high - center, 1), weight);
        return weight.As(OutputDatatype.Arithmetic);
    }

    private static double Hertz(Operands x, int operand) => x.MustKnow(operand, "an edge") is [Number n] ? n.Real : throw new TypeException($"an edge must be one number known when compiling, it is {x.Type(operand)}");
    private static double Mel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);

    public override IEnumerable<Example> Examples() =>
        [new(this, Operand.Constant(Scalar.I64, [], 8), Operand.Constant(Scalar.I64, [], 16), Operand.Constant(Scalar.I64, [], 8192), Operand.Constant(Scalar.F32, [], 0), Operand.Constant(Scalar.F32, [], 4096))];
}
