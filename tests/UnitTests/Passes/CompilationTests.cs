using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;
using Xunit;

namespace Lathe.UnitTests.Passes;

public sealed class CompilationTests
{
    private static Value Input(string name, params long[] shape) => new(name, new TensorType([.. shape.Select(d => (Expr)d)], Scalar.F32));

    [Fact]
    public void A_chain_shares_kernels_and_arena()
    {
        var x = Input("x", 2, 64);
        var graph = new GraphBuilder("chain", x);
        var (a, b, c) = (graph.Add("a", new Softmax(), x), default(Value), default(Value));
        b = graph.Add("b", new Softmax(), a);
        c = graph.Add("c", new Softmax(), b);
        var program = Compilation.Run(graph.Return(graph.Add("y", new Softmax(), c)), new Machine("test"));
        Assert.Equal(4, program.Steps.Count);
        Assert.Single(program.Kernels);
        Assert.Equal(1024, program.ArenaBytes.Whole);
        Assert.Equal(1024, program.LowerBound.Whole);
    }
}
