namespace Lathe.Ir;

/// <summary>Evenly spaced numbers whose step is part of the type: <c>u8 scale=0.0235 zero=128</c>. Values that a model computes can be stored so.</summary>
/// <param name="Word">The codes.</param>
/// <param name="Scale">Distance between neighbours; more than 0.</param>
/// <param name="Zero">The code of 0.</param>
/// <remarks>Read as (code - zero) · scale, stored as round(number / scale) + zero, half to even, saturated: ONNX QuantizeLinear and DequantizeLinear.</remarks>
[EncodingExample("i8 scale=0.02 zero=-3", "u4 scale=0.25 zero=8")]
public sealed record Stepped(Code Word, float Scale, long Zero = 0) : Encoding
{
    public float Scale { get; } = Scale > 0 && float.IsFinite(Scale) ? Scale : throw new TypeException($"the scale of {Word} must be a number above 0, it is {RecordText.Show(Scale)}");

    public long Zero { get; } = Zero >= Least(Word) && Zero <= Most(Word) ? Zero : throw new TypeException($"the zero point of {Word} must be a code, {Least(Word)} to {Most(Word)}, it is {Zero}");

    public override Scalar Scalar => Scalar.F32;

    /// <summary>Least and greatest code. Values use all of them, -128 too.</summary>
    private (long Low, long High) Range => (Least(Word), Most(Word));

    private static long Least(Code word) => word.Signed ? -(1L << word.Bits - 1) : 0;
    private static long Most(Code word) => (1L << (word.Signed ? word.Bits - 1 : word.Bits)) - 1;

    public override Seq<Plane> Planes(Shape shape) => [.. Word.Planes(shape)];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        // Padding that a code stands for exactly is that code: no choice between two numbers.
        var padding = outside is Number { Real: var real } && Math.Round(real / Scale) + Zero is var code && code >= Range.Low && code <= Range.High && (float)(code - Zero) * Scale == (float)real ? (long?)code : null;
        var number = Read(Word.Read(storage, at, padding ?? (outside is null ? null : Zero)));
        return outside is null || padding is not null ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    public override Seq<Expr>? Encode(Expr number, Seq<Expr> at)
    {
        return [.. Word.Write(Stored(number))];
    }

    public override bool IsStorable => true;

    public override Expr Rounded(Expr number) => Read(Stored(number));

    private Expr Read(Expr code) => (code - Zero).As(Scalar.F32) * Number.Of(Scalar.F32, Scale);

    /// <summary>
    /// The code of a number: of number / scale rounded to nearest even. The quotient is exact to the last bit without a division: what a product with the reciprocal
    /// leaves is put right once (Markstein, Computation of elementary functions on the IBM RISC System/6000, 1990). Clamped first, no step of it overflows.
    /// </summary>
    private Expr Stored(Expr number)
    {
        if (Codes(number) is { } codes) return codes;
        var reciprocal = Number.Of(Scalar.F32, 1 / Scale);
        // A comparison with no number fails: it becomes the least.
        Expr low = Number.Of(Scalar.F32, Bound(Range.Low)), high = Number.Of(Scalar.F32, Bound(Range.High));
        var least = Expr.Select(low < number, number, low);
        var inside = Expr.Select(least < high, least, high);
        var quotient = inside * reciprocal;
        if (!IsPowerOfTwo) quotient = Expr.Fma(Expr.Fma(quotient, Number.Of(Scalar.F32, -Scale), inside), reciprocal, quotient);
        return Expr.Round(quotient).As(Scalar.I32) + Zero;
    }

    /// <summary>Whether a code less the zero point is one that this format has made.</summary>
    private bool IsStored(Expr shifted) => shifted.Parts().OfType<Call>().Any(c => c.Function == Function.Select && c.Arguments[0] is Binary { Operator: Operator.Less, A: Number } && Stored(c.Arguments[1]) - Zero == shifted);

    /// <summary>Then the reciprocal is exact.</summary>
    private bool IsPowerOfTwo => (BitConverter.SingleToInt32Bits(Scale) & 0x7fffff) == 0;

    private double Bound(long code) => (float)(code - Zero) * Scale;

    /// <summary>
    /// The code of a number that is one of this format already, or the largest, smallest or either of such: rounding keeps their order, so codes can be compared
    /// in their place. Null for any other. Pools and rectifiers stay whole numbers this way, moves move bytes.
    /// </summary>
    private Expr? Codes(Expr number) => number switch
    {
        Number n => Number.Of(Scalar.I32, (long)Math.Clamp(Math.Round(n.Real / Scale) + Zero, Range.Low, Range.High)) is var code && !double.IsNaN(n.Real) ? code : null,
        Binary { Operator: Operator.Multiply, A: Cast { Operand: { Type: Scalar.I32 } shifted }, B: Number { Real: var scale } } when (float)scale == Scale => IsStored(shifted) ? shifted + Zero : Linear.Range(shifted) is var range && range.Low >= Range.Low - Zero && range.High <= Range.High - Zero ? shifted + Zero
            : Expr.Min(Expr.Max(shifted + Zero, Range.Low), Range.High),
        Call { Function: Function.Max or Function.Min, Arguments: [var a, var b] } call when Codes(a) is { } x && Codes(b) is { } y => Call.Of(call.Function, x, y),
        Call { Function: Function.Select, Arguments: [var condition, var a, var b] } when Codes(a) is { } x && Codes(b) is { } y => Expr.Select(condition, x, y),
        Reduce { Kind: ReduceKind.Max or ReduceKind.Min } reduce when Codes(reduce.Body) is { } body => Reduce.Of(reduce.Kind, reduce.Axes, body),
        _ => null,
    };

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape)
    {
        var codes = new int[numbers.Length];
        for (var i = 0; i < codes.Length; i++) codes[i] = (int)Math.Clamp(MathF.Round(numbers[i] / Scale) + Zero, Range.Low, Range.High);
        return [.. Word.Pack(codes)];
    }
}
