using System.Buffers.Binary;

namespace Lathe.Cli;

/// <summary>An IDX file: two zero bytes, the kind, the number of axes, extents and numbers, all big-endian. Source: yann.lecun.com/exdb/mnist.</summary>
internal static class Idx
{
    public static bool Opens(string path) => File.Exists(path) && (Path.GetExtension(path).StartsWith(".idx", StringComparison.Ordinal) || path.EndsWith("ubyte", StringComparison.Ordinal));

    /// <exception cref="DiagnosticException">LT5307: it is none.</exception>
    public static Tensor Read(string path)
    {
        var file = File.ReadAllBytes(path);
        Scalar? kind = file.Length < 4 || file[0] != 0 || file[1] != 0 ? null : file[2] switch { 8 => Scalar.U8, 9 => Scalar.I8, 0xb => Scalar.I16, 0xc => Scalar.I32, 0xd => Scalar.F32, 0xe => Scalar.F64, _ => null };
        var (rank, start) = (file.Length < 4 ? 0 : file[3], file.Length < 4 ? 0 : 4 + 4 * file[3]);
        if (kind is not { } known || rank == 0 || file.Length < start) throw Fault("this is no IDX file");
        var shape = Enumerable.Range(0, rank).Select(axis => (long)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(4 + 4 * axis))).ToSeq();
        var width = known.Bits / 8;
        long bytes;
        try { bytes = shape.Aggregate((long)width, (size, extent) => checked(size * extent)); }
        catch (OverflowException) { bytes = long.MaxValue; }
        if (bytes != file.Length - start) throw Fault($"an array of {known.Text} of shape {shape} takes {bytes} bytes, {file.Length - start} follow");
        for (var at = start; width > 1 && at < file.Length; at += width) file.AsSpan(at, width).Reverse();
        return new(known, shape, Bytes.Of(file.AsSpan(start)));

        DiagnosticException Fault(string message) => new(new Diagnostic("LT5307", message, path));
    }
}
