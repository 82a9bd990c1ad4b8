namespace Lathe.Cli;

/// <summary>Bare numbers of the wanted kind, little-endian, in row-major order. One dimension that is not fixed follows from the file's size.</summary>
internal sealed class RawFormat : SingleTensorFormat
{
    public override IReadOnlyList<string> Extensions => [".bin", ".raw"];

    protected override Tensor Read(string path, Value wanted, ImageOptions images)
    {
        var (bytes, type) = (Bytes.Map(path), wanted.Type);
        var open = type.Shape.Count(e => e is not Number);
        var known = type.Shape.OfType<Number>().Aggregate(1L, (size, n) => size * n.Integer);
        if (open > 1) throw InputFault.Size(wanted.Name, $"{Path.GetFileName(path)} does not say how its numbers are arranged, and {type} leaves more than one extent open");
        var extent = open == 0 || known == 0 ? 1 : bytes.Length * 8 / (type.Scalar.Bits * known);
        var tensor = new TensorType([.. type.Shape.Select(e => e is Number ? e : (Expr)extent)], type.Scalar);
        var needed = type.Scalar.Bytes(tensor.Count);
        if (needed != bytes.Length) throw InputFault.Size(wanted.Name, $"{type} takes {needed} bytes, {Path.GetFileName(path)} holds {bytes.Length}");
        return new(type.Scalar, [.. tensor.Shape.Select(e => e.Whole)], bytes);
    }
}
