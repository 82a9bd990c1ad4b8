global using Shape = Lathe.Ir.Seq<Lathe.Ir.Expr>;

namespace Lathe.Ir;

/// <summary>What a value is: how many numbers, in which shape, how each lies in memory, and in which order of axes.</summary>
/// <param name="Shape">Extent of each axis, outermost first: whole numbers or expressions over named symbols. Empty for a scalar.</param>
/// <param name="Encoding">How the real numbers become bytes. An operator reads and writes real numbers whatever this is.</param>
/// <param name="Order">Axes from outermost to innermost in memory; as declared if empty. Chosen by the layout pass; no formula sees it.</param>
public sealed record TensorType(Shape Shape, Encoding Encoding, Seq<int> Order = default)
{
    public TensorType(Shape shape, Scalar scalar) : this(shape, new Dense(scalar)) { }

    public int Rank => Shape.Count;

    /// <summary>The kind of number the formulas compute with: the stored one of a dense tensor, else what decoding gives.</summary>
    public Scalar Scalar => Encoding.Scalar;

    public bool IsStatic => Shape.All(extent => extent is Number);

    /// <summary>Number of elements as an expression.</summary>
    public Expr Size => Shape.Aggregate((Expr)1, (size, extent) => Linear.Simplify(size * extent));

    /// <summary>Number of elements of a static shape.</summary>
    public long Count => Shape.Aggregate(1L, (size, extent) => checked(size * extent.Whole));

    /// <summary>The type of a result that has this shape and kind of number, plainly stored.</summary>
    public TensorType Elementwise => new(Shape, Scalar);

    public TensorType With(Shape shape) => this with { Shape = shape, Order = [] };
    public TensorType With(Encoding encoding) => this with { Encoding = encoding };

    public override string ToString() =>
        $"tensor<{(Rank == 0 ? "" : IsStatic ? string.Join('x', Shape.Select(e => e.Whole)) + ", " : Shape + ", ")}{Encoding}{(Order is [] ? "" : $" order={Order}")}>";
}
