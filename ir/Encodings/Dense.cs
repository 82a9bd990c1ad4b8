namespace Lathe.Ir;

/// <summary>Every number as it is, one after another: <c>f32</c>, <c>i64</c>, <c>f16</c>. Half and smaller floats are read into f32 and rounded once when stored.</summary>
public sealed record Dense(Scalar Kind) : Encoding
{
    public override Scalar Scalar => Kind;

    public override Seq<Plane> Planes(Shape shape) => [new("", Kind, shape)];

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside) =>
        outside is null || outside is Number || outside.Type == Kind ? storage.Load("", at, outside is Number n ? Stored(n) : outside).As(Kind.Arithmetic)
        : Expr.Select(Inside(storage.Type.Shape, at), storage.Load("", at, Stored((Number)(Expr)0)).As(Kind.Arithmetic), outside);

    public override Seq<Expr>? Encode(Expr number, Seq<Expr> at) => [number is Number n && n.Adapted(Kind.Arithmetic) is { } literal ? literal.As(Kind) : number.As(Kind)];

    public override bool IsStorable => true;

    public override Expr Rounded(Expr number) => Kind.Arithmetic == Kind ? number : number.As(Kind).As(Kind.Arithmetic);

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape) => [Numbers.Pack(Kind, numbers)];

    /// <summary>Whether every index is inside.</summary>
    public static Expr Inside(Shape shape, Seq<Expr> at)
    {
        Expr inside = true;
        for (var i = 0; i < at.Count; i++)
        {
            if (Linear.Range(at[i]).Low < 0) inside &= 0 <= at[i];
            if (!Linear.ProvesLess(at[i], shape[i])) inside &= at[i] < shape[i];
        }
        return inside;
    }

    private Expr Stored(Number n) => n.Adapted(Kind.Arithmetic) is { } literal ? literal.As(Kind) : n;
}
