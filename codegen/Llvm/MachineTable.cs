namespace Lathe.Codegen.Llvm;

/// <summary>What schedules must know of a processor, by its name: a checked-in table, so that the same options give the same bytes on any machine.</summary>
public static class MachineTable
{
    /// <summary>Bytes of a core's second cache where it is not half a mebibyte; from the makers' optimisation manuals.</summary>
    private static readonly Dictionary<string, int> Level2 = new(StringComparer.Ordinal)
    {
        ["skylake-avx512"] = 1 << 20,
        ["cascadelake"] = 1 << 20,
        ["cooperlake"] = 1 << 20,
        ["icelake-server"] = 5 << 18,
        ["sapphirerapids"] = 2 << 20,
        ["emeraldrapids"] = 2 << 20,
        ["graniterapids"] = 2 << 20,
        ["alderlake"] = 5 << 18,
        ["raptorlake"] = 2 << 20,
        ["znver4"] = 1 << 20,
        ["znver5"] = 1 << 20,
        ["x86-64-v4"] = 1 << 20,
        ["haswell"] = 256 << 10,
        ["broadwell"] = 256 << 10,
        ["skylake"] = 256 << 10,
        ["x86-64-v3"] = 512 << 10,
        ["neoverse-v1"] = 1 << 20,
        ["neoverse-n1"] = 1 << 20,
        ["neoverse-n2"] = 1 << 20,
    };

    public static Passes.Machine Of(CpuTarget target)
    {
        // What runs WebAssembly is most often an x86-64 processor, as its engine sees it with SSE's registers.
        var registers = target.Has("avx512f") || target.Architecture != CpuArchitecture.X86 && target.Architecture != CpuArchitecture.Wasm32 ? 32 : 16;
        return new(target.Cpu, target.VectorBytes, registers, 32 << 10, Level2.GetValueOrDefault(target.Cpu, 512 << 10),
            HasFma: target.HasFma, Quads: target.Has("avx512vnni") && target.Has("avx512vl") ? Passes.ByteQuads.Mixed : target.Has("dotprod") ? Passes.ByteQuads.Signed : Passes.ByteQuads.None);
    }
}
