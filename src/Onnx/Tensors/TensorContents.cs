namespace Lathe.Onnx;

/// <summary>A tensor read from a file: little-endian numbers in row-major order, kinds below a byte packed from the low bits.</summary>
/// <param name="Kind">Of its elements.</param>
/// <param name="Dims">Extent of each axis.</param>
/// <param name="Data">The numbers; shares the file's memory where the file stores them so. Empty for text.</param>
/// <param name="Text">The elements of a tensor of text, else none.</param>
internal sealed record TensorContents(Scalar Kind, Seq<long> Dims, Bytes Data, Seq<string> Text = default)
{
    /// <summary>Number of elements.</summary>
    public long Count => Dims.Aggregate(1L, (size, extent) => size * extent);

    public TensorType Type => new([.. Dims.Select(d => (Expr)d)], Kind);

    public Tensor AsTensor() => new(Kind, Dims, Data);

    /// <summary>The same numbers as a weight of a graph.</summary>
    /// <exception cref="DiagnosticException">LT1112, LT1113: they are text or complex numbers, with which nothing that is compiled computes.</exception>
    public Value AsWeight(string name) => Kind == Scalar.String ? throw new DiagnosticException(Faults.TextWeight(name))
        : Kind.IsComplex ? throw new DiagnosticException(Faults.ComplexWeight(name)) : new(name, Type, [Data]);
}
