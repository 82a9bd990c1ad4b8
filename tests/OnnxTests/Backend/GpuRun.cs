using Lathe.Codegen.Gpu;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.OnnxTests.Backend;

/// <summary>A graph as GPU kernels, the processor playing the device unless <c>LATHE_TEST_GPU</c> names another.</summary>
internal static class GpuRun
{
    private static readonly GpuKind Kind = Enum.Parse<GpuKind>(Environment.GetEnvironmentVariable("LATHE_TEST_GPU") ?? nameof(GpuKind.Cpu), ignoreCase: true);

    private static readonly Lazy<GpuDevice> Device = new(() => GpuDevice.Open(Kind));

    /// <summary>Several groups of several threads, so that a thread which takes another's part shows.</summary>
    public static Tensor[] Of(Graph graph, IReadOnlyList<Tensor> inputs)
    {
        var program = new Runner(MapKernels.Instead(Pipeline.Default, Device.Value.Generation).Run).Run(new(graph), new Compilation(new Machine("test"))).MustBeProgram;
        using var loaded = new GpuProgram(program, Device.Value, Kind == GpuKind.Cpu ? new(2, 4, InTurns: true) : null);
        return loaded.Run(inputs);
    }
}
