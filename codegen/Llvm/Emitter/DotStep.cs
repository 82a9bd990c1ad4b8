using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>An instruction that adds products of pairs or quads of narrow whole numbers to 32-bit sums.</summary>
/// <param name="Feature">The instruction set that has it.</param>
/// <param name="Pairs">Products to a sum.</param>
/// <param name="Sums">Lanes of the result.</param>
/// <param name="A">Kind of the first factors, <paramref name="B"/> of the second.</param>
/// <param name="Name">LLVM's name.</param>
internal sealed record DotStep(string Feature, int Pairs, int Sums, Scalar A, Scalar B, string Name)
{
    /// <summary>All that are exact: none saturates on the way. Best first.</summary>
    public static IReadOnlyList<DotStep> All { get; } =
    [
        new("avx512vnni", 4, 16, Scalar.U8, Scalar.I8, "llvm.x86.avx512.vpdpbusd.512"),
        new("avx512vnni", 4, 8, Scalar.U8, Scalar.I8, "llvm.x86.avx512.vpdpbusd.256"),
        new("avx512vnni", 2, 16, Scalar.I16, Scalar.I16, "llvm.x86.avx512.vpdpwssd.512"),
        new("avx512vnni", 2, 8, Scalar.I16, Scalar.I16, "llvm.x86.avx512.vpdpwssd.256"),
        new("dotprod", 4, 4, Scalar.I8, Scalar.I8, "llvm.aarch64.neon.sdot.v4i32.v16i8"),
        new("dotprod", 4, 4, Scalar.U8, Scalar.U8, "llvm.aarch64.neon.udot.v4i32.v16i8"),
    ];

    /// <summary>Whether the instruction takes factors in bytes and not in whole lanes of 32 bits.</summary>
    public bool TakesParts => Name.Contains("aarch64", StringComparison.Ordinal);
}
