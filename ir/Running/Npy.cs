using System.Buffers.Binary;
using System.Text.RegularExpressions;

namespace Lathe.Ir;

/// <summary>One array in NumPy's file format (NEP 1), versions 1 to 3, either byte order and either order of axes.</summary>
public static partial class Npy
{
    private const int LongestHeader = 1 << 16;

    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    public static Tensor Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path, file.Length);
    }

    /// <summary>Reads an array.</summary>
    /// <param name="file">At the start of the array.</param>
    /// <param name="where">What to call the file in a diagnostic.</param>
    /// <param name="most">Bytes that can follow at most, so that a header cannot ask for more memory than the file could fill.</param>
    /// <exception cref="DiagnosticException">LT5101 no .npy file, LT5102 a header that makes no sense, LT5103 a kind that ONNX lacks, LT5104 too few bytes.</exception>
    public static Tensor Read(Stream file, string where, long most)
    {
        var (kind, swapped, fortran, shape) = ReadHeader(file, where);
        long bytes;
        try { bytes = shape.Aggregate((long)kind.Bits / 8, (size, extent) => checked(size * extent)); }
        catch (OverflowException) { bytes = long.MaxValue; }
        if (bytes > most) throw Fault("LT5104", where, $"an array of {kind.Text} of shape {shape} takes {(bytes == long.MaxValue ? "more than 2^63" : bytes)} bytes, the file has at most {most}");
        var tensor = Tensor.Zeros(kind, shape);
        Fill(file, tensor.Bytes, bytes, where);
        if (swapped) Reverse(tensor.Bytes, bytes, kind.IsComplex ? kind.Bits / 16 : kind.Bits / 8);
        return fortran && shape.Count > 1 ? RowMajor(tensor) : tensor;
    }

    public static void Write(string path, Tensor tensor)
    {
        using var file = File.Create(path);
        Write(file, tensor);
    }

    /// <summary>Writes an array. Kinds that NumPy lacks are widened exactly: small floats to f32, whole numbers of less than a byte to a byte.</summary>
    public static void Write(Stream file, Tensor tensor)
    {
        tensor = Widened(tensor);
        var shape = tensor.Shape.Count == 1 ? $"({tensor.Shape[0]},)" : $"({string.Join(", ", tensor.Shape)})";
        var header = $"{{'descr': '{(tensor.Kind.Bits == 8 ? '|' : '<')}{Letter(tensor.Kind)}{tensor.Kind.Bits / 8}', 'fortran_order': False, 'shape': {shape}, }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        file.Write(Magic);
        file.Write([1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        file.Write(System.Text.Encoding.ASCII.GetBytes(header));
        tensor.Bytes.Slice(0, tensor.Kind.Bytes(tensor.Count)).CopyTo(file);
    }

    private static (Scalar Kind, bool Swapped, bool Fortran, Seq<long> Shape) ReadHeader(Stream file, string where)
    {
        Span<byte> start = stackalloc byte[8];
        if (file.ReadAtLeast(start, 8, false) < 8 || !start.StartsWith(Magic)) throw Fault("LT5101", where, "this is no .npy file", "save the array with numpy.save");
        if (start[6] is < 1 or > 3) throw Fault("LT5102", where, $"this is version {start[6]} of the format, versions 1 to 3 can be read");
        var size = new byte[start[6] == 1 ? 2 : 4];
        if (file.ReadAtLeast(size, size.Length, false) < size.Length) throw Fault("LT5102", where, "the header is cut off");
        var length = size.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > LongestHeader) throw Fault("LT5102", where, $"the header says that it is {length} bytes long, at most {LongestHeader} make sense");
        var text = new byte[length];
        if (file.ReadAtLeast(text, text.Length, false) < text.Length) throw Fault("LT5102", where, $"the header is cut off, it says that it is {length} bytes long");
        var header = System.Text.Encoding.UTF8.GetString(text);
        if (Header().Match(header) is not { Success: true } match) throw Fault("LT5102", where, $"the header {NameText.Quoted(header.Trim())} does not say descr, fortran_order and shape in NumPy's way", "arrays of records and objects cannot be read");
        var dimensions = new List<long>();
        foreach (var extent in match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            dimensions.Add(long.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : throw Fault("LT5102", where, $"the header gives {extent} as an extent"));
        var kind = Kind(match.Groups["kind"].Value) ?? throw Fault("LT5103", where, $"numbers of NumPy's type {match.Groups["kind"].Value} have no counterpart in ONNX", "convert the array with astype before saving it");
        return (kind, match.Groups["order"].Value == ">", match.Groups["fortran"].Value == "True", [.. dimensions]);
    }

    [GeneratedRegex(@"^\s*\{\s*'descr'\s*:\s*'(?<order>[<>|=]?)(?<kind>[A-Za-z]\w*)'\s*,\s*'fortran_order'\s*:\s*(?<fortran>True|False)\s*,\s*'shape'\s*:\s*\((?<shape>[^()]*)\)\s*,?\s*\}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    private static Scalar? Kind(string name) => name switch
    {
        "b1" or "?" => Scalar.Bool,
        "i1" => Scalar.I8,
        "i2" => Scalar.I16,
        "i4" => Scalar.I32,
        "i8" => Scalar.I64,
        "u1" => Scalar.U8,
        "u2" => Scalar.U16,
        "u4" => Scalar.U32,
        "u8" => Scalar.U64,
        "f2" => Scalar.F16,
        "f4" => Scalar.F32,
        "f8" => Scalar.F64,
        "c8" => Scalar.C64,
        "c16" => Scalar.C128,
        _ => null,
    };

    private static char Letter(Scalar kind) => kind == Scalar.Bool ? 'b' : kind.IsComplex ? 'c' : kind.IsReal ? 'f' : kind.IsSigned ? 'i' : 'u';

    private static Tensor Widened(Tensor tensor)
    {
        if (tensor.Kind is Scalar.F16 || tensor.Kind.Arithmetic == tensor.Kind) return tensor;
        var wide = Tensor.Zeros(tensor.Kind.Arithmetic, tensor.Shape);
        var from = tensor.Bytes.Span(0, (int)tensor.Kind.Bytes(tensor.Count));
        var to = Writable(wide.Bytes, 0, (int)wide.Bytes.Length);
        for (var i = 0L; i < tensor.Count; i++) Numbers.Write(wide.Kind, to, i, Numbers.Read(tensor.Kind, from, i));
        GC.KeepAlive(tensor);
        return wide;
    }

    private static void Fill(Stream file, Bytes bytes, long count, string where)
    {
        for (var at = 0L; at < count;)
        {
            var read = file.Read(Writable(bytes, at, (int)Math.Min(1 << 20, count - at)));
            if (read == 0) throw Fault("LT5104", where, $"the array takes {count} bytes, the file ends after {at}");
            at += read;
        }
    }

    private static void Reverse(Bytes bytes, long count, int width)
    {
        for (var at = 0L; width > 1 && at < count; at += width) Writable(bytes, at, width).Reverse();
    }

    /// <summary>The same numbers with the last axis side by side.</summary>
    private static Tensor RowMajor(Tensor tensor)
    {
        var (result, width) = (Tensor.Zeros(tensor.Kind, tensor.Shape), tensor.Kind.Bits / 8);
        for (var flat = 0L; flat < tensor.Count; flat++)
        {
            var (rest, from, stride) = (flat, 0L, tensor.Count);
            for (var axis = tensor.Shape.Count - 1; axis >= 0; axis--)
            {
                stride /= tensor.Shape[axis];
                from += rest % tensor.Shape[axis] * stride;
                rest /= tensor.Shape[axis];
            }
            tensor.Bytes.Span(from * width, width).CopyTo(Writable(result.Bytes, flat * width, width));
        }
        GC.KeepAlive(tensor);
        return result;
    }

    private static unsafe Span<byte> Writable(Bytes bytes, long at, int count) => new((byte*)bytes.Address + at, count);

    private static DiagnosticException Fault(string code, string where, string message, string remedy = "") => new(new Diagnostic(code, message, where, remedy));
}
