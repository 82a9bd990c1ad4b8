namespace Lathe.Ir;

/// <summary>One array of an encoded tensor: <c>%w:q</c>, <c>%w:scale</c>; the only array of a dense one has no name.</summary>
public sealed record Plane(string Name, Scalar Scalar, Shape Shape)
{
    /// <summary>Bytes of a static plane.</summary>
    public long Bytes => Scalar.Bytes(Shape.Aggregate(1L, (size, extent) => checked(size * extent.Whole)));
}

/// <summary>
/// How real numbers lie in memory: which planes there are, and the formula that reads one number back. It is the second half of a type.
/// To add a weight format, add one file with one subclass: the printer, the interpreter and every target read numbers through <see cref="Decode"/>.
/// </summary>
/// <remarks>Its text is its name and the parameters of its record: <c>f32</c>, <c>i8 scale=0.5 zero=-1</c>, <c>i4 group=32</c>.</remarks>
public abstract record Encoding
{
    /// <summary>The kind of number that operators compute with.</summary>
    public abstract Scalar Scalar { get; }

    /// <summary>The planes that hold a tensor of this shape.</summary>
    public abstract Seq<Plane> Planes(Shape shape);

    /// <summary>The number at <paramref name="at"/> as a formula over the planes, in the arithmetic kind of <see cref="Scalar"/>.</summary>
    /// <param name="storage">The tensor's planes as buffers.</param>
    /// <param name="at">Index along each axis.</param>
    /// <param name="outside">The number for an index out of bounds; null where every index is inside.</param>
    public abstract Expr Decode(Storage storage, Seq<Expr> at, Expr? outside);

    /// <summary>What to store for a number, by plane, as formulas at the same index; null if only the compiler can encode (weights).</summary>
    public virtual Seq<Expr>? Encode(Expr number, Seq<Expr> at) => null;

    /// <summary>Whether a run can store numbers so; else only the compiler does.</summary>
    public virtual bool IsStorable => false;

    /// <summary>A number as it reads back once stored.</summary>
    public virtual Expr Rounded(Expr number) => throw new NotSupportedException($"{this} is for weights");

    /// <summary>Rounds numbers into the bytes of each plane. Runs in the compiler, on weights.</summary>
    public abstract Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape);

    /// <summary>Bytes of a tensor of a static shape.</summary>
    public long Size(Shape shape) => Planes(shape).Sum(plane => plane.Bytes);

    public sealed override string ToString() => RecordText.Encoding(this);
}
