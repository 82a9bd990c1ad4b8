using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

public sealed class FuseTests
{
    private static Compilation Fused(Graph graph, string verbs)
    {
        graph = DeadSteps.Drop(graph);
        var compilation = new Compilation(Net.Machine);
        var after = new Runner([new Fuse(), new SpreadMoves()]).Run(new(graph), compilation).MustBeGraph;
        Assert.Equal(verbs, Net.Verbs(after));
        Net.Same(graph, after);
        Net.Same(graph, Net.Compile(graph));
        return compilation;
    }

    [Fact]
    public void A_convolution_takes_in_bias_residual_and_activation()
    {
        var net = new Net();
        var x = net.Input("x", 1, 4, 5, 5);
        var conv = net.Add("c", new Conv(Pads: [1, 1, 1, 1]), x, net.Weight("w", 4, 4, 3, 3));
        var sum = net.Add("s", new Add(), net.Add("b", new Add(), conv, net.Weight("bias", 4, 1, 1)), x);
        Fused(net.Return(net.Add("y", new Clip(), sum, Net.Constant("low", 0), Net.Constant("high", 6))), "{conv add add clip}");
    }

    [Fact]
    public void An_activation_is_not_computed_again_for_each_product()
    {
        var net = new Net();
        var h = net.Add("h", new Relu(), net.Add("c", new Conv(), net.Input("x", 1, 4, 6, 6), net.Weight("w", 4, 4, 3, 3)));
        var notes = Fused(net.Return(net.Add("y", new Conv(), net.Add("k", new Sigmoid(), net.Input("z", 1, 4, 6, 6)), net.Weight("v", 4, 4, 3, 3)), h), "{conv relu} sigmoid conv").Notes;
        Assert.Contains(notes.Of("k"), n => n.Text.Contains("a contraction reads it", StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_with_two_readers_is_stored()
    {
        var net = new Net();
        var h = net.Add("h", new MatMul(), net.Input("x", 3, 4), net.Weight("w", 4, 5));
        Fused(net.Return(net.Add("y", new Relu(), h), net.Add("z", new Sigmoid(), h)), "mat_mul relu sigmoid");
    }

    [Fact]
    public void A_residual_chain_stores_each_sum_once_and_adds_where_the_product_is_made()
    {
        var net = new Net();
        var sum = net.Add("first", new Relu(), net.Input("x", 3, 4));
        for (var i = 0; i < 3; i++) sum = net.Add($"sum{i}", new Add(), sum, net.Add($"biased{i}", new Add(), net.Add($"product{i}", new MatMul(), sum, net.Weight($"w{i}", 4, 4)), net.Weight($"b{i}", 4)));
        Fused(net.Return(sum), "relu {mat_mul add add} {mat_mul add add} {mat_mul add add}");
    }

    [Theory]
    [InlineData(1000)]
    public void A_chain_is_cut_before_it_nests_too_deep_to_walk(int steps)
    {
        var net = new Net();
        var value = net.Input("x", 4);
        for (var i = 0; i < steps; i++) value = net.Add($"v{i}", i % 2 == 0 ? new Tanh() : new Neg(), value);
        var (graph, compilation) = (net.Return(value), new Compilation(Net.Machine));
        var after = new Runner([new Fuse()]).Run(new(graph), compilation).MustBeGraph;
        Assert.True(after.Nodes.Count is > 1 and < 100, $"{after.Nodes.Count} groups");
        Assert.All(after.Nodes, node => Assert.InRange(Formula.Of(node)!.Number.Depth, 1, 200));
        Assert.Contains(compilation.Notes.Of(after.Nodes[0].Result.Name), n => n.Text.Contains("nest more than", StringComparison.Ordinal));
        var program = Net.Compile(graph);
        Assert.Equal(IrText.Print(program), IrText.Print(IrText.Read(IrText.Print(program)).Program!));
        Net.Same(graph, after);
    }

    [Fact]
    public void An_activation_made_of_several_steps_is_one_epilogue()
    {
        var net = new Net();
        var h = net.Add("h", new Gemm(), net.Input("x", 3, 4), net.Weight("w", 4, 5), net.Weight("b", 5));
        var erf = net.Add("erf", new Erf(), net.Add("d", new Div(), h, Net.Constant("root", 1.4142135f)));
        var half = net.Add("half", new Mul(), h, net.Add("one", new Add(), erf, Net.Constant("1", 1)));
        var graph = net.Return(net.Add("y", new Mul(), half, Net.Constant("0.5", 0.5f)));
        Fused(graph, "{gemm div erf add mul mul}");
        Assert.Single(Formula.Of(Net.After(graph, new Fuse()).Nodes[0])!.Reduces); // both reads of h are of one sum
    }

    [Fact]
    public void Layer_normalization_in_steps_is_one_group()
    {
        var net = new Net();
        var x = net.Input("x", 6, 8);
        var centred = net.Add("centred", new Sub(), x, net.Add("mean", new ReduceMean(), x, Net.Wholes("axes", -1)));
        var variance = net.Add("variance", new ReduceMean(), net.Add("square", new Pow(), centred, Net.Constant("2", 2)), Net.Wholes("axis", -1));
        var root = net.Add("root", new Sqrt(), net.Add("e", new Add(), variance, Net.Constant("epsilon", 1e-5f)));
        var graph = net.Return(net.Add("y", new Mul(), net.Add("n", new Div(), centred, root), net.Weight("g", 8)));
        Fused(graph, "{reduce_mean sub pow reduce_mean add sqrt div mul}");
        Assert.Equal(2, Formula.Of(Net.After(graph, new Fuse()).Nodes[0])!.Reduces.Count());
    }

    [Fact]
    public void Softmax_in_steps_is_one_group_whose_powers_are_worked_out_once()
    {
        var net = new Net();
        var x = net.Input("x", 6, 40);
        var power = net.Add("power", new Exp(), net.Add("shifted", new Sub(), x, net.Add("largest", new ReduceMax(), x, Net.Wholes("axes", -1))));
        var graph = net.Return(net.Add("y", new Div(), power, net.Add("sum", new ReduceSum(), power, Net.Wholes("axis", -1))));
        Fused(graph, "{reduce_max sub exp reduce_sum div}");
        var kernel = Assert.Single(Net.Compile(graph).Kernels);
        Assert.DoesNotContain(kernel.Body.All.OfType<Store>(), s => s.Value.Parts().Any(p => p is Call { Function: Function.Exp }) && s.Value.Parts().Any(p => p is Binary { Operator: Operator.Divide }));
    }

    [Fact]
    public void A_power_that_something_else_is_weighed_with_is_stored()
    {
        // The sum is not of the powers alone: a schedule would work them out again for the results.
        var net = new Net();
        var (x, z) = (net.Input("x", 6, 40), net.Input("z", 6, 40));
        var power = net.Add("power", new Exp(), x);
        var sum = net.Add("sum", new ReduceSum(), net.Add("weighed", new Mul(), power, z), Net.Wholes("axis", -1));
        Fused(net.Return(net.Add("y", new Div(), power, sum)), "exp {mul reduce_sum div}");
    }

    [Fact]
    public void Two_products_are_two_kernels()
    {
        var net = new Net();
        var x = net.Input("x", 3, 4);
        Fused(net.Return(net.Add("y", new Add(), net.Add("a", new MatMul(), x, net.Weight("w", 4, 5)), net.Add("b", new MatMul(), x, net.Weight("v", 4, 5)))), "mat_mul {mat_mul add}");
    }

    [Fact]
    public void Sums_of_rows_and_of_columns_are_apart()
    {
        var net = new Net();
        var x = net.Input("x", 6, 8);
        Fused(net.Return(net.Add("y", new Add(), net.Add("a", new Softmax(1), x), net.Add("b", new Softmax(0), x))), "softmax {softmax add}");
    }

    [Fact]
    public void A_pool_takes_in_cheap_steps_before_it()
    {
        var net = new Net();
        var h = net.Add("h", new Relu(), net.Add("a", new Add(), net.Input("x", 1, 2, 6, 6), net.Weight("b", 2, 1, 1)));
        Fused(net.Return(net.Add("y", new MaxPool(KernelShape: [2, 2], Strides: [2, 2]), h)), "{add relu max_pool}");
    }

    [Fact]
    public void A_move_is_done_inside_all_its_readers()
    {
        var net = new Net();
        var heads = net.Add("t", new Transpose([1, 0, 2]), net.Add("r", new Reshape(), net.Add("h", new MatMul(), net.Input("x", 6, 5), net.Weight("w", 5, 12)), Net.Wholes("s", 6, 3, 4)));
        var scores = net.Add("scores", new MatMul(), heads, net.Add("k", new Transpose([0, 2, 1]), heads));
        Fused(net.Return(scores), "mat_mul {reshape transpose transpose mat_mul}");
        Fused(net.Return(scores, net.Add("z", new Exp(), heads)), "mat_mul {reshape transpose transpose mat_mul} {reshape transpose exp}");
    }

    [Fact]
    public void Half_floats_round_inside_a_group_as_if_stored()
    {
        var x = new Value("x", new TensorType([64], Scalar.F32));
        var builder = new GraphBuilder("half", x);
        var half = builder.Add("h", new Ir.Ops.Cast(Scalar.F16), x);
        var graph = builder.Return(builder.Add("y", new Ir.Ops.Cast(Scalar.F32), builder.Add("s", new Exp(), half)));
        var after = Net.After(graph, new Fuse());
        Assert.Equal("{cast exp cast}", Net.Verbs(after));
        Tensor[] given = [Tensor.Of([64], Enumerable.Range(0, 64).Select(i => i / 50f).ToArray())];
        Assert.Equal(Interpreter.Run(graph, given)[0].ToDoubles(), Interpreter.Run(after, given)[0].ToDoubles());
    }
}
