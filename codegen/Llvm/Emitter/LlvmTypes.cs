using System.Globalization;
using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>LLVM's names of types and numbers.</summary>
/// <remarks>In registers a bool is one bit, whole numbers below a byte are a byte with the sign (or zeros) above, and floats narrower than f32 are their bits.</remarks>
internal static class LlvmTypes
{
    public static string Of(Scalar kind) => kind switch
    {
        Scalar.Bool => "i1",
        Scalar.F32 => "float",
        Scalar.F64 => "double",
        _ when kind.IsComplex || kind == Scalar.String => throw new NotSupportedException($"kernels compute with numbers, not with {kind.Text}"),
        _ => $"i{Math.Max(8, kind.Bits)}",
    };

    public static string Of(Scalar kind, int lanes) => lanes == 1 ? Of(kind) : $"<{lanes} x {Of(kind)}>";

    /// <summary>One number in memory: a bool takes a byte.</summary>
    public static string InMemory(Scalar kind) => kind == Scalar.Bool ? "i8" : Of(kind);

    /// <summary>What the names of overloaded intrinsics end in: <c>v8f32</c>.</summary>
    public static string Suffix(Scalar kind, int lanes = 1) => (lanes == 1 ? "" : $"v{lanes}") + kind switch
    {
        Scalar.F32 => "f32",
        Scalar.F64 => "f64",
        _ => Of(kind),
    };

    /// <summary>Bytes at which numbers of this kind lie in memory: what one takes, never more.</summary>
    public static int Alignment(Scalar kind) => Math.Max(1, kind.Bits / 8);

    public static string Literal(Number n) => n.Type switch
    {
        Scalar.Bool => n.Integer != 0 ? "true" : "false",
        // LLVM writes an f32 as the f64 of the same value.
        Scalar.F32 or Scalar.F64 => $"0x{BitConverter.DoubleToInt64Bits(n.Real):X16}",
        _ => n.Integer.ToString(CultureInfo.InvariantCulture),
    };

    public static string Text(this long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Text(this int number) => number.ToString(CultureInfo.InvariantCulture);
}
