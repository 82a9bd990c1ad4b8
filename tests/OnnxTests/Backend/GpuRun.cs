using Lathe.Codegen.Gpu;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.OnnxTests.Backend;

/// <summary>A graph as GPU kernels, the processor playing the device.</summary>
internal static class GpuRun
{
    private static readonly Lazy<GpuDevice> Device = new(() => GpuDevice.Open(GpuKind.Cpu));

    /// <summary>Several groups of several threads, so that a thread which takes another's part shows.</summary>
    public static Tensor[] Of(Graph graph, IReadOnlyList<Tensor> inputs)
    {
        var program = new Runner(MapKernels.Instead(Pipeline.Default).Run).Run(new(graph), new Compilation(new Machine("test"))).MustBeProgram;
        using var loaded = new GpuProgram(program, Device.Value, new(2, 4, InTurns: true));
        return loaded.Run(inputs);
    }
}
