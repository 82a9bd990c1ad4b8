using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>How elements of a tensor appear in C#.</summary>
/// <param name="Name">The type of an element of the span.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="IsWhole">Whether one element of the span is one number; else spans hold the bytes, several numbers or parts of one in each.</param>
public readonly record struct CSharpType(string Name, int Bytes, bool IsWhole = true)
{
    public static CSharpType Of(Scalar scalar) => scalar switch
    {
        Scalar.Bool => new("bool", 1),
        Scalar.I8 => new("sbyte", 1),
        Scalar.U8 => new("byte", 1),
        Scalar.I16 => new("short", 2),
        Scalar.U16 => new("ushort", 2),
        Scalar.I32 => new("int", 4),
        Scalar.U32 => new("uint", 4),
        Scalar.I64 => new("long", 8),
        Scalar.U64 => new("ulong", 8),
        Scalar.F16 => new("global::System.Half", 2),
        Scalar.F32 => new("float", 4),
        Scalar.F64 => new("double", 8),
        Scalar.C128 => new("global::System.Numerics.Complex", 16),
        // .NET 8 has no type for it; the bits are the upper half of a float's.
        Scalar.BF16 => new("ushort", 2),
        _ => new("byte", 1, scalar.Bits == 8),
    };

    /// <summary>Elements of a span that so many numbers take.</summary>
    public long Count(Scalar scalar, long numbers) => IsWhole ? numbers : scalar.Bytes(numbers);
}
