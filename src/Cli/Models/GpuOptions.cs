using Lathe.Codegen.Gpu;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Whether code is for a GPU, and for which.</summary>
public sealed record GpuOptions(
    [Option("a native library for the processor, kernels for a GPU (docs/gpu.md), or what a plugin's target writes in place of machine code: lathe targets lists them (cpu)", Value = "cpu|gpu|NAME")] string Target = "cpu",
    [Option("with --target=gpu: the device; cuda and opencl go through their drivers, ilgpu through ILGPU; cpu runs the same kernels on the processor, to test them; behind cuda: generations that --emit=ptx writes a file each for (cuda:sm_80,sm_90)", Value = "cuda[:SM,…]|ilgpu|opencl|cpu")] string? Gpu = null,
    [Option("with --target=gpu: most bytes of the device that weights may take; those beyond are brought in every run, those of a call while the one before it runs. Without it: what the device gives", Value = "SIZE")] ByteSize? GpuMemory = null)
{
    private const char Apart = ':';

    internal bool IsGpu => Target == "gpu";

    /// <summary>The target of a plugin that is asked for; null where none is.</summary>
    internal string? Foreign => Target is "cpu" or "gpu" ? null : Target;

    /// <summary>The device that kernels run on.</summary>
    /// <exception cref="UsageException">No device is called so.</exception>
    internal GpuKind Kind => Gpu is null ? GpuKind.Cuda : Enum.GetValues<GpuKind>().Cast<GpuKind?>().FirstOrDefault(kind => kind!.Value.Word == Gpu.Split(Apart)[0])
        ?? throw new UsageException($"--gpu={Gpu}: no device is called so", "--gpu=cuda, --gpu=ilgpu, --gpu=opencl or --gpu=cpu");

    /// <summary>Generations that PTX is made for.</summary>
    internal IReadOnlyList<string> Processors => Gpu?.Split(Apart, 2) is [_, var named] ? named.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : ["sm_80", "sm_90"];

    /// <exception cref="UsageException">A device is named and not asked for, or there is none of that name.</exception>
    internal void Check()
    {
        if (Foreign is { } foreign) throw new UsageException($"--target takes one of cpu, gpu here, it is given '{foreign}'", "what a plugin's target writes only compile makes");
        if (Gpu is { } named && !IsGpu) throw new UsageException($"--gpu={named} belongs to --target=gpu, which is not given", $"--target=gpu --gpu={named}");
        if (GpuMemory is { } most && !IsGpu) throw new UsageException($"--gpu-memory={most} belongs to --target=gpu, which is not given", $"--target=gpu --gpu-memory={most}");
        if (Kind != GpuKind.Cuda && Gpu!.Contains(Apart)) throw new UsageException($"--gpu={Gpu}: generations are NVIDIA's", $"--gpu={Kind.Word}, or --gpu=cuda:sm_80");
    }
}
