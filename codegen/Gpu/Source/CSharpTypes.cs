using System.Globalization;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>C#'s names of kinds of number, and its literals.</summary>
/// <remarks>In variables whole numbers below a byte are a byte, and floats narrower than f32 are their codes; in memory a bool is a byte too.</remarks>
internal static class CSharpTypes
{
    public static string Of(Scalar kind) => kind switch
    {
        Scalar.Bool => "bool",
        Scalar.I2 or Scalar.I4 or Scalar.I8 => "sbyte",
        Scalar.U1 or Scalar.U2 or Scalar.U4 or Scalar.U8 => "byte",
        Scalar.I16 => "short",
        Scalar.U16 or Scalar.F16 or Scalar.BF16 => "ushort",
        Scalar.I32 => "int",
        Scalar.U32 => "uint",
        Scalar.I64 => "long",
        Scalar.U64 => "ulong",
        Scalar.F32 => "float",
        Scalar.F64 => "double",
        _ when kind.IsReal => "byte",
        _ => throw Unsupported(kind),
    };

    public static string InMemory(Scalar kind) => kind == Scalar.Bool || kind.Bits < 8 ? "byte" : Of(kind);

    /// <summary>Whether C# works it out in 32 bits, so that results must be cut.</summary>
    public static bool IsShort(Scalar kind) => kind.IsInteger && kind.Bits < 32;

    public static string Literal(Number n) => n.Type switch
    {
        Scalar.Bool => n.Integer != 0 ? "true" : "false",
        Scalar.F32 => Real((float)n.Real),
        Scalar.F64 => Real(n.Real),
        Scalar.I64 => n.Integer == long.MinValue ? "long.MinValue" : Signed(n.Integer, "L"),
        Scalar.U64 => $"{((ulong)n.Integer).ToString(CultureInfo.InvariantCulture)}ul",
        Scalar.U32 => $"{n.Integer.ToString(CultureInfo.InvariantCulture)}u",
        Scalar.I32 => Signed(n.Integer, ""),
        _ => $"({Of(n.Type)}){Signed(n.Integer, "")}",
    };

    /// <summary>A whole number where what it meets says its kind.</summary>
    public static string Bare(long n) => n.ToString(CultureInfo.InvariantCulture);

    private static string Signed(long n, string ending) => n < 0 ? $"({n.ToString(CultureInfo.InvariantCulture)}{ending})" : $"{n.ToString(CultureInfo.InvariantCulture)}{ending}";

    private static string Real(float x) => float.IsNaN(x) ? "float.NaN" : float.IsPositiveInfinity(x) ? "float.PositiveInfinity" : float.IsNegativeInfinity(x) ? "float.NegativeInfinity"
        : Parenthesized(x.ToString("R", CultureInfo.InvariantCulture) + "f");

    private static string Real(double x) => double.IsNaN(x) ? "double.NaN" : double.IsPositiveInfinity(x) ? "double.PositiveInfinity" : double.IsNegativeInfinity(x) ? "double.NegativeInfinity"
        : Parenthesized(x.ToString("R", CultureInfo.InvariantCulture) + "d");

    private static string Parenthesized(string literal) => literal[0] == '-' ? $"({literal})" : literal;

    /// <summary>What no kernel for a GPU holds.</summary>
    public static DiagnosticException Unsupported(Scalar kind, string what = "numbers") =>
        new(new Diagnostic("LT4310", $"GPU kernels have no {what} of {kind.Text}", "", "--target=cpu computes them"));
}
