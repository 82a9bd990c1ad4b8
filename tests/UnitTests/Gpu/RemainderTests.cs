using Lathe.Codegen.Gpu;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Gpu;

/// <summary>The remainder that PTX is given: C's fmod, which .NET's % is.</summary>
public sealed class RemainderTests
{
    [Fact]
    public unsafe void Is_exact()
    {
        using var jit = new Jit();
        jit.Add(new Assembler(CpuTarget.Host).ToObject(EmbeddedText.Read("Fmod.ll") + "define float @run(float %x, float %y) {\n  %r = call float @fmod_f32(float %x, float %y)\n  ret float %r\n}\n", "fmod"));
        var run = (delegate* unmanaged<float, float, float>)jit.Lookup("run");
        float[] edges = [0, -0f, 1, -1, 0.1f, 3, -3, 1e10f, 1e-40f, -1e-45f, float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1.1754944e-38f];
        var random = new Random(5);
        var drawn = Enumerable.Range(0, 200).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))).ToList();
        foreach (var (x, y) in edges.SelectMany(x => edges.Concat(drawn).Select(y => (x, y))).Concat(drawn.Zip(drawn.Skip(1))))
            Assert.True(BitConverter.SingleToInt32Bits(x % y) == BitConverter.SingleToInt32Bits(run(x, y)) || float.IsNaN(x % y) && float.IsNaN(run(x, y)), $"{x:R} % {y:R}: {run(x, y):R}, not {x % y:R}");
    }

    [Fact]
    public void Is_what_PTX_calls()
    {
        var graph = IrText.Read("graph main(%x: tensor<8, f32>, %y: tensor<8, f32>) -> tensor<8, f32> {\n  %z = mod(%x, %y, fmod=true) : tensor<8, f32>\n  return %z\n}\n").Graphs[0];
        var program = new Runner(MapKernels.Instead(Pipeline.Default, "sm_80").Run).Run(new(graph), new Compilation(new Lathe.Passes.Machine("test"))).MustBeProgram;
        var ptx = new PtxSource(program, "sm_80").Text();
        Assert.Contains("sub.rn.f64", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("div.", ptx, StringComparison.Ordinal);
    }
}
