using LLVMSharp.Interop;

namespace Lathe.Codegen.Llvm;

/// <summary>The processor code is made for.</summary>
/// <param name="Triple">Architecture, vendor, system and ABI: <c>x86_64-pc-linux-gnu</c>.</param>
/// <param name="Cpu">LLVM's name of the processor: <c>x86-64-v3</c>, <c>znver4</c>.</param>
/// <param name="Features">What is switched on or off beside what the processor's name says: <c>+avx2,-avx512f</c>; in ordinal order.</param>
public sealed record CpuTarget(string Triple, string Cpu, string Features)
{
    /// <summary>The processor this process runs on, every feature spelled out.</summary>
    public static CpuTarget Host => host.Value;

    private static readonly Lazy<CpuTarget> host = new(DetectHost);

    /// <summary>Reads <c>host</c> or the name of a <see cref="CpuModel"/>.</summary>
    /// <param name="triple">The system; by default Linux on the processor's own architecture.</param>
    /// <exception cref="ArgumentException">The name is unknown, or names a processor of another architecture than the triple's.</exception>
    public static CpuTarget Parse(string cpu, string? triple = null)
    {
        if (triple is not null) _ = TargetSystem.Of(triple);
        var wanted = triple is null ? null : CpuArchitecture.Of(triple);
        if (cpu == "host") return wanted is null || wanted == Host.Architecture ? Host with { Triple = triple ?? Host.Triple } : throw new ArgumentException($"cpu: host is {Host.Triple}, the triple is {triple}");
        var model = CpuModel.All.FirstOrDefault(model => model.Name == cpu && (wanted is null || model.Architecture == wanted));
        if (model is not null) return new(triple ?? $"{model.Architecture.Name}-{(model.Architecture == CpuArchitecture.X86 ? "pc" : "unknown")}-linux-gnu", cpu, model.Architecture.BaseFeatures);
        var known = CpuModel.All.Where(entry => wanted is null || entry.Architecture == wanted).Select(entry => entry.Name).Distinct();
        throw new ArgumentException($"cpu: '{cpu}' is not known{(wanted is null ? "" : $" on {wanted.Name}")}; known are host, {string.Join(", ", known)}");
    }

    /// <summary>The least processor of a triple's architecture.</summary>
    /// <exception cref="ArgumentException">No code is made for it.</exception>
    public static CpuTarget OfTriple(string triple) => Parse(CpuArchitecture.Of(triple).DefaultCpu, triple);

    public CpuArchitecture Architecture => CpuArchitecture.Of(Triple);
    public TargetSystem System => TargetSystem.Of(Triple);

    /// <summary>Whether it multiplies and adds in one step.</summary>
    public bool HasFma => Architecture == CpuArchitecture.X86 ? Has("fma") : Architecture != CpuArchitecture.Wasm32;

    /// <summary>Whether this machine runs it as it is.</summary>
    public bool IsNative => Architecture == Host.Architecture && System == Host.System;

    /// <summary>Whether code may use an instruction set, by LLVM's name: <c>avx512f</c>, <c>fma</c>, <c>dotprod</c>. Another architecture's is not had.</summary>
    /// <exception cref="ArgumentException">No processor has it: the name is misspelt.</exception>
    public bool Has(string feature)
    {
        if (!CpuModel.KnownFeatures.Contains(feature)) throw new ArgumentException($"feature: no known processor has '{feature}'");
        var spelled = Features.Split(',', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(entry => entry.AsSpan(1).SequenceEqual(feature), "");
        if (spelled.Length > 0) return spelled[0] == '+';
        return CpuModel.All.Any(model => model.Name == Cpu && model.Architecture == Architecture && model.Features.Contains(feature));
    }

    /// <summary>Bytes of the widest vector register; a general register's eight where there are none.</summary>
    public int VectorBytes => Has("avx512f") ? 64 : Has("avx") ? 32 : Architecture == CpuArchitecture.RiscV64 && !Has("v") ? 8 : 16;

    /// <summary>Whether it puts the lanes of a vector in the order of another's, so that small tables can lie in registers and a product is faster by looking sums up. AArch64's <c>tbl</c> looks up bytes; sums of it have not been tried.</summary>
    public bool LooksUp => Has("avx512f") || Has("avx2");

    private static CpuTarget DetectHost()
    {
        LlvmLibrary.Require();
        var triple = LLVMTargetRef.DefaultTriple;
        unsafe
        {
            var features = NativeText.Take(LLVM.GetHostCPUFeatures()).Split(',', StringSplitOptions.RemoveEmptyEntries);
            var cpu = NativeText.Take(LLVM.GetHostCPUName());
            // LLVM lists them in the order of a hash table.
            Array.Sort(features, (left, right) => string.CompareOrdinal(left[1..], right[1..]));
            return new(triple, cpu, string.Join(',', features));
        }
    }
}
