using Lathe.Codegen.Gpu;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Gpu;

/// <summary>Programs as kernels for a GPU that the processor plays, with several groups of several threads, against the interpreter.</summary>
public sealed class GpuProgramTests
{
    private static readonly Lazy<GpuDevice> Device = new(() => GpuDevice.Open(GpuKind.Cpu));

    [Theory]
    [InlineData("%y = mat_mul(%x, %x) : tensor<[n, n], f32>", 5)]
    [InlineData("%y = softmax(%x) : tensor<[n, n], f32>", 33)]
    [InlineData("%y = erf(%x) : tensor<[n, n], f32>", 9)]
    public void Give_what_the_interpreter_gives(string step, int n)
    {
        var graph = IrText.Read($"graph main(%x: tensor<[n, n], f32>) -> tensor<[n, n], f32> where n in 1.. {{\n  {step}\n  return %y\n}}\n").Graphs[0];
        var random = new Random(1);
        var x = Tensor.Of([n, n], [.. Enumerable.Range(0, n * n).Select(_ => (float)(random.NextDouble() * 4 - 2))]);
        var program = new Runner(MapKernels.Instead(Pipeline.Default).Run).Run(new(graph), new Compilation(new Machine("test"))).MustBeProgram;
        using var loaded = new GpuProgram(program, Device.Value, (3, 4));

        var (expected, actual) = (Interpreter.Run(graph, [x])[0], loaded.Run([x])[0]);

        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(Difference.Between(expected, actual).Share < 1e-5, Difference.Between(expected, actual).Where);
    }

    [Theory]
    [InlineData(GpuKind.Cuda)]
    [InlineData(GpuKind.Opencl)]
    public void A_device_that_is_not_there_is_said_so_and_nothing_takes_its_place(GpuKind kind)
    {
        if (GpuDevice.Found(kind).Count > 0) return; // it is there
        var fault = Assert.Single(Assert.Throws<DiagnosticException>(() => GpuDevice.Open(kind)).Diagnostics);
        Assert.Equal("LT4301", fault.Code);
        Assert.NotEqual("", fault.Remedy);
    }
}
