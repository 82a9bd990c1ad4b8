using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;
using Lathe.UnitTests.Passes;

namespace Lathe.UnitTests.Llvm;

public sealed class FmaTests
{
    /// <summary>LLVM makes of llvm.fma what is in one instruction, or a call of libm.</summary>
    [Theory]
    [InlineData("x86-64-v2", false)]
    [InlineData("x86-64-v3", true)]
    public void No_kernel_calls_for_a_multiply_add(string cpu, bool hasFma)
    {
        var (net, target) = (new Net(), CpuTarget.Parse(cpu));
        var x = net.Input("x", 1, 16, 24, 24);
        var graph = net.Return(net.Add("y", new Sigmoid(), net.Add("c", new Conv(Pads: [1, 1, 1, 1]), x, new Value("w", new TensorType([16, 16, 3, 3], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, 16 * 16 * 9).Select(i => (i % 7) - 3f)])]))));
        var program = Compilation.Run(graph, MachineTable.Of(target));
        foreach (var call in program.Steps.Calls)
        {
            var text = KernelEmitter.Emit([program.Kernels.First(k => k.Name == call.Kernel)], target);
            Assert.Equal(hasFma, text.Contains("llvm.fma.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_product_is_not_rounded_before_the_sum()
    {
        var (a, b, c, y) = (new Lathe.Ir.Buffer("a", Scalar.F32, [8]), new Lathe.Ir.Buffer("b", Scalar.F32, [8]), new Lathe.Ir.Buffer("c", Scalar.F32, [8]), new Lathe.Ir.Buffer("y", Scalar.F32, [8]));
        var kernel = Kernel.Over("fma", [y], Stmts.Vector("j", 8, j => y.Set([j], Expr.Fma(a[[j]], b[[j]], c[[j]]))));
        const float near = 1 + 1f / (1 << 20);
        var memory = new Dictionary<string, Bytes>(StringComparer.Ordinal)
        {
            ["a"] = Bytes.Of<float>([.. Enumerable.Repeat(near, 8)]),
            ["b"] = Bytes.Of<float>([.. Enumerable.Repeat(near, 8)]),
            ["c"] = Bytes.Of<float>([.. Enumerable.Repeat(-(near * near), 8)]),
            ["y"] = Bytes.Zeros(32),
        };
        NativeRunner.Load(kernel, CpuTarget.Parse("x86-64-v2")).Run(memory, new Dictionary<string, long>(StringComparer.Ordinal));
        Assert.All(memory["y"].ToArray<float>(), difference => Assert.Equal(MathF.FusedMultiplyAdd(near, near, -(near * near)), difference));
        Assert.NotEqual(0, MathF.FusedMultiplyAdd(near, near, -(near * near)));
    }
}
