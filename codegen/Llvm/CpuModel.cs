namespace Lathe.Codegen.Llvm;

/// <summary>A processor by LLVM's name, with the instruction sets a schedule asks about.</summary>
/// <remarks>
/// LLVM's C API does not say what a processor has (and ends the process at a name it does not know), so the table stands here;
/// a test compares every entry with LLVM's own.
/// </remarks>
public sealed record CpuModel(string Name, CpuArchitecture Architecture, IReadOnlySet<string> Features)
{
    private const string V2 = "sse2 sse3 ssse3 sse4.1 sse4.2 popcnt";
    private const string V3 = V2 + " avx avx2 bmi bmi2 f16c fma lzcnt movbe";
    private const string V4 = V3 + " avx512f avx512bw avx512cd avx512dq avx512vl";
    private const string CascadeLake = V4 + " avx512vnni";
    private const string IceLake = CascadeLake + " avx512ifma avx512vbmi avx512vbmi2 avx512bitalg avx512vpopcntdq gfni";
    private const string Armv82 = "neon fp-armv8 fullfp16 dotprod";

    /// <summary>What <c>--cpu</c> may name beside <c>host</c>.</summary>
    public static IReadOnlyList<CpuModel> All { get; } =
    [
        X86("x86-64", "sse2"),
        X86("x86-64-v2", V2),
        X86("x86-64-v3", V3),
        X86("x86-64-v4", V4),
        X86("haswell", V3),
        X86("skylake", V3),
        X86("alderlake", V3 + " avxvnni gfni"),
        X86("skylake-avx512", V4),
        X86("cascadelake", CascadeLake),
        X86("icelake-server", IceLake),
        X86("sapphirerapids", IceLake + " avxvnni avx512bf16 avx512fp16 amx-tile amx-int8 amx-bf16"),
        X86("znver1", V3),
        X86("znver2", V3),
        X86("znver3", V3),
        X86("znver4", IceLake + " avx512bf16"),
        X86("znver5", IceLake + " avx512bf16 avxvnni"),
        Arm("generic", "neon fp-armv8"),
        Arm("cortex-a53", "neon fp-armv8"),
        Arm("cortex-a72", "neon fp-armv8"),
        Arm("cortex-a76", Armv82),
        Arm("neoverse-n1", Armv82),
        Arm("neoverse-v1", Armv82 + " bf16 i8mm sve"),
        Arm("neoverse-n2", Armv82 + " bf16 i8mm sve sve2"),
        Arm("apple-m1", Armv82),
        Arm("apple-m2", Armv82 + " bf16 i8mm"),
        RiscV("generic-rv64", ""),
        RiscV("sifive-u74", ""),
        RiscV("spacemit-x60", " v zvfh"),
        new("generic", CpuArchitecture.Wasm32, Names("simd128")),
    ];

    /// <summary>Every instruction set some entry has: the names <see cref="CpuTarget.Has"/> answers to.</summary>
    public static IReadOnlySet<string> KnownFeatures { get; } = All.SelectMany(model => model.Features).ToHashSet(StringComparer.Ordinal);

    private static CpuModel X86(string name, string features) => new(name, CpuArchitecture.X86, Names(features));
    private static CpuModel Arm(string name, string features) => new(name, CpuArchitecture.Aarch64, Names(features));
    private static CpuModel RiscV(string name, string features) => new(name, CpuArchitecture.RiscV64, Names("m a f d c" + features));
    private static HashSet<string> Names(string features) => features.Split(' ').ToHashSet(StringComparer.Ordinal);
}
