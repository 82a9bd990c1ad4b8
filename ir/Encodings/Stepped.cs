namespace Lathe.Ir;

/// <summary>Evenly spaced numbers whose step is part of the type: <c>u8 scale=0.0235 zero=128</c>. Values that a model computes can be stored so.</summary>
/// <param name="Word">The codes.</param>
/// <param name="Scale">Distance between neighbours; more than 0.</param>
/// <param name="Zero">The code of 0.</param>
/// <remarks>Read as (code - zero) · scale, stored as round(number / scale) + zero, half to even, saturated: ONNX QuantizeLinear and DequantizeLinear.</remarks>
[EncodingExample("i8 scale=0.02 zero=-3", "u4 scale=0.25 zero=8")]
public sealed record Stepped(Code Word, float Scale, long Zero = 0) : Encoding
{
    public override Scalar Scalar => Scalar.F32;

    /// <summary>Least and greatest code. Values use all of them, -128 too.</summary>
    private (long Low, long High) Range => Word.Signed ? (-(1L << Word.Bits - 1), (1L << Word.Bits - 1) - 1) : (0, (1L << Word.Bits) - 1);

    public override Seq<Plane> Planes(Shape shape) => [.. Word.Planes(shape)];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        Check();
        // Padding that a code stands for exactly is that code: no choice between two numbers.
        var padding = outside is Number { Real: var real } && Math.Round(real / Scale) + Zero is var code && code >= Range.Low && code <= Range.High && (float)(code - Zero) * Scale == (float)real ? (long?)code : null;
        var number = (Word.Read(storage, at, padding ?? (outside is null ? null : Zero)) - Zero).As(Scalar.F32) * Number.Of(Scalar.F32, Scale);
        return outside is null || padding is not null ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    public override Seq<Expr>? Encode(Expr number, Seq<Expr> at)
    {
        Check();
        var steps = Expr.Round(number / Number.Of(Scalar.F32, Scale)) + (double)Zero;
        return [.. Word.Write(Expr.Clamp(steps, (double)Range.Low, (double)Range.High).As(Scalar.I32))];
    }

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape)
    {
        Check();
        var codes = new int[numbers.Length];
        for (var i = 0; i < codes.Length; i++) codes[i] = (int)Math.Clamp(MathF.Round(numbers[i] / Scale) + Zero, Range.Low, Range.High);
        return [.. Word.Pack(codes)];
    }

    private void Check()
    {
        if (!(Scale > 0) || float.IsInfinity(Scale)) throw new TypeException($"the scale of {this} must be a number above 0");
        if (Zero < Range.Low || Zero > Range.High) throw new TypeException($"the zero point of {this} must be a code, {Range.Low} to {Range.High}");
    }
}
