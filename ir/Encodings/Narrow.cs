namespace Lathe.Ir;

/// <summary>Weights in a narrower kind of float than operators compute in: <c>narrow kind=f16</c> takes half the bytes of f32, each number rounded once.</summary>
/// <param name="Kind">f16, bf16 or a float of eight bits.</param>
[EncodingExample("narrow kind=bf16")]
public sealed record Narrow(Scalar Kind) : Encoding
{
    public Scalar Kind { get; } = Kind is >= Scalar.F8E4M3FN and <= Scalar.F16 and not Scalar.F8E8M0 ? Kind : throw new TypeException($"{Kind.Text} is no narrower float: narrow kind=f16");

    public override Scalar Scalar => Scalar.F32;

    public override Seq<Plane> Planes(Shape shape) => [new("q", Kind, shape)];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        var number = storage.Load("q", at, outside is null ? null : Number.Of(Scalar.F32, 0.0).As(Kind)).As(Scalar.F32);
        return outside is null ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape) => [Numbers.Pack(Kind, numbers)];
}
