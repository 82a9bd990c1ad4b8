namespace Lathe.Ir;

/// <summary>Values as whole numbers of 8, 16 or 32 bits times a step that is part of the type: <c>whole kind=i16 scale=0.001</c>. What lies between the steps of a model that computes in whole numbers alone.</summary>
/// <param name="Kind">What memory holds: i8, i16 or i32.</param>
/// <param name="Scale">Distance between neighbours; more than 0.</param>
/// <remarks>Stored as round(number / scale), half to even, saturated. <see cref="Stepped"/> is the same of at most eight bits with a zero point, as ONNX has it.</remarks>
[EncodingExample("whole kind=i16 scale=0.001", "whole kind=i32 scale=0.00001")]
public sealed record Whole(Scalar Kind, float Scale) : Encoding
{
    public Scalar Kind { get; } = Kind is Scalar.I8 or Scalar.I16 or Scalar.I32 ? Kind : throw new TypeException($"whole numbers are stored as i8, i16 or i32, not as {Kind.Text}");

    public float Scale { get; } = Scale > 0 && float.IsFinite(Scale) ? Scale : throw new TypeException($"the scale of whole numbers must be a number above 0, it is {RecordText.Show(Scale)}");

    public override Scalar Scalar => Scalar.F32;

    public override Seq<Plane> Planes(Shape shape) => [new("q", Kind, shape)];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        var number = Read(storage.Load("q", at, outside is null ? null : Number.Of(Kind, 0L)).As(Scalar.I32));
        return outside is null or Number { Real: 0 } ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    public override bool IsStorable => true;

    public override Seq<Expr>? Encode(Expr number, Seq<Expr> at) => [Stored(number).As(Kind)];

    public override Expr Rounded(Expr number) => Read(Stored(number));

    private Expr Read(Expr code) => code.As(Scalar.F32) * Number.Of(Scalar.F32, Scale);

    /// <summary>The largest code that f32 holds, so that a number that saturates is one.</summary>
    private long Most => Kind == Scalar.I32 ? (1L << 31) - 128 : Kind.Range.High;

    private Expr Stored(Expr number) => Expr.Round(Expr.Clamp(number / Number.Of(Scalar.F32, Scale), Number.Of(Scalar.F32, (double)-Most), Number.Of(Scalar.F32, (double)Most))).As(Scalar.I32);

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape)
    {
        var codes = new float[numbers.Length];
        for (var i = 0; i < codes.Length; i++) codes[i] = (float)Math.Clamp(Math.Round((double)numbers[i] / Scale), -Most, Most);
        return [Numbers.Pack(Kind, codes)];
    }
}
