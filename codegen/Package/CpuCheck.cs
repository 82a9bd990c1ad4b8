using System.Globalization;
using Lathe.Codegen.Llvm;

namespace Lathe.Codegen.Package;

/// <summary>
/// Asks the processor that runs what it is, as LLVM assembly: a word of cpuid(1), cpuid(7) and cpuid(0x80000001) for each group of instruction sets, and
/// what the system saves of the vector registers (xgetbv).
/// </summary>
/// <remarks>Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID; AMD64 Architecture Programmer's Manual, volume 3, appendix E.</remarks>
public static class CpuCheck
{
    /// <summary>The words that <c>@words</c> fills.</summary>
    private enum Word { Ecx1, Edx1, Ebx7, Ecx7, Edx7, Eax7One, EcxExtended, Saved }

    private const int Words = 8;

    private static readonly Dictionary<string, (Word Word, int Bit)> places = new(StringComparer.Ordinal)
    {
        ["sse3"] = (Word.Ecx1, 0),
        ["ssse3"] = (Word.Ecx1, 9),
        ["fma"] = (Word.Ecx1, 12),
        ["sse4.1"] = (Word.Ecx1, 19),
        ["sse4.2"] = (Word.Ecx1, 20),
        ["movbe"] = (Word.Ecx1, 22),
        ["popcnt"] = (Word.Ecx1, 23),
        ["avx"] = (Word.Ecx1, 28),
        ["f16c"] = (Word.Ecx1, 29),
        ["sse2"] = (Word.Edx1, 26),
        ["bmi"] = (Word.Ebx7, 3),
        ["avx2"] = (Word.Ebx7, 5),
        ["bmi2"] = (Word.Ebx7, 8),
        ["avx512f"] = (Word.Ebx7, 16),
        ["avx512dq"] = (Word.Ebx7, 17),
        ["avx512ifma"] = (Word.Ebx7, 21),
        ["avx512cd"] = (Word.Ebx7, 28),
        ["avx512bw"] = (Word.Ebx7, 30),
        ["avx512vl"] = (Word.Ebx7, 31),
        ["avx512vbmi"] = (Word.Ecx7, 1),
        ["avx512vbmi2"] = (Word.Ecx7, 6),
        ["gfni"] = (Word.Ecx7, 8),
        ["avx512vnni"] = (Word.Ecx7, 11),
        ["avx512bitalg"] = (Word.Ecx7, 12),
        ["avx512vpopcntdq"] = (Word.Ecx7, 14),
        ["avx512fp16"] = (Word.Edx7, 23),
        ["avxvnni"] = (Word.Eax7One, 4),
        ["avx512bf16"] = (Word.Eax7One, 5),
        ["lzcnt"] = (Word.EcxExtended, 5),
    };

    /// <summary>Instruction sets that no code of ours uses: they are not asked for.</summary>
    private static readonly HashSet<string> unused = ["amx-tile", "amx-int8", "amx-bf16"];

    /// <summary>Whether code for this processor can be told from others when it runs; elsewhere it is taken on trust.</summary>
    public static bool Asks(CpuTarget target) => target.Architecture == CpuArchitecture.X86;

    /// <summary>The instruction sets that code for this processor may use.</summary>
    public static IReadOnlyList<string> Needs(CpuTarget target) => [.. places.Keys.Where(target.Has).Order(StringComparer.Ordinal)];

    /// <summary>Whether every instruction set of the table of processors is known here, or known to be unused.</summary>
    public static IEnumerable<string> Unknown => CpuModel.All.Where(m => m.Architecture == CpuArchitecture.X86).SelectMany(m => m.Features).Distinct().Where(f => !places.ContainsKey(f) && !unused.Contains(f));

    /// <summary><c>i1 @has(ptr %words)</c>-like expression: the name of a value that says whether the words hold all that a target needs.</summary>
    internal static string Holds(AssemblyText code, string words, CpuTarget target)
    {
        var masks = new uint[Words];
        foreach (var feature in Needs(target)) masks[(int)places[feature].Word] |= 1u << places[feature].Bit;
        // The system must save the registers: those of AVX, those of AVX-512 and its masks.
        if (target.Has("avx")) masks[(int)Word.Saved] |= 0x6;
        if (target.Has("avx512f")) masks[(int)Word.Saved] |= 0xe6;
        var missing = "0";
        foreach (var (word, mask) in masks.Index().Where(m => m.Item != 0))
        {
            var bits = unchecked((int)mask).ToString(CultureInfo.InvariantCulture);
            var lacks = code.Let($"and i32 {code.Let($"xor i32 {code.Field(words, word * 4, "i32")}, -1")}, {bits}");
            missing = code.Let($"or i32 {missing}, {lacks}");
        }
        return code.Let($"icmp eq i32 {missing}, 0");
    }

    /// <summary>Fills the words; CpuWords.ll says how.</summary>
    internal static string Text => EmbeddedText.Read("CpuWords.ll");

    /// <summary>Bytes of the words.</summary>
    internal static int Bytes => Words * 4;
}
