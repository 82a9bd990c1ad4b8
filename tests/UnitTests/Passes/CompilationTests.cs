using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

public sealed class CompilationTests
{
    [Fact]
    public void A_chain_shares_kernels_and_arena()
    {
        var net = new Net();
        var value = net.Input("x", 2, 64);
        foreach (var name in new[] { "a", "b", "c", "y" }) value = net.Add(name, new LRN(3), value);
        var graph = net.Return(value);
        var program = Net.Compile(graph);
        Assert.Equal(4, program.Steps.Count);
        Assert.Single(program.Kernels);
        Assert.Equal(1024, program.ArenaBytes.Whole);
        Assert.Equal(1024, program.LowerBound.Whole);
        Net.Same(graph, program);
    }

    [Fact]
    public void A_reshape_is_a_view()
    {
        var net = new Net();
        var h = net.Add("h", new Softmax(), net.Input("x", 4, 6));
        var graph = net.Return(net.Add("y", new Softmax(), net.Add("r", new Reshape(), h, Net.Wholes("s", 3, 8))));
        var program = Net.Compile(graph);
        Assert.Equal(2, program.Steps.Count);
        Net.Same(graph, program);
    }

    [Fact]
    public void An_output_that_repeats_a_value_is_computed_in_place()
    {
        var net = new Net();
        var graph = net.Return(net.Add("y", new Flatten(), net.Add("h", new Softmax(), net.Input("x", 4, 6, 2))));
        var program = Net.Compile(graph);
        Assert.Single(program.Steps);
        Assert.Equal(0, program.ArenaBytes.Whole);
        Net.Same(graph, program);
    }

    [Fact]
    public void An_output_twice_and_an_input_as_output_are_copied()
    {
        var net = new Net();
        var x = net.Input("x", 3);
        var y = net.Add("y", new Relu(), x);
        var graph = net.Return(y, y, x);
        Net.Same(graph, Net.Compile(graph));
    }

    [Fact]
    public void A_sum_is_stored_over_an_operand_that_ends_there()
    {
        var net = new Net();
        var x = net.Input("x", 2, 64);
        var (a, b) = (net.Add("a", new Softmax(), x), net.Add("b", new Softmax(0), x));
        var graph = net.Return(net.Add("y", new Softmax(), net.Add("s", new Add(), a, net.Add("c", new Softmax(0), b))));
        var program = Net.Compile(graph);
        // Two branches, one after another in place; their sum lies where one ended, and the last step's result, over it, where the caller wants it.
        Assert.DoesNotContain(program.Slots, s => s.Name is "s" or "c");
        Assert.Equal(512, program.ArenaBytes.Whole);
        Net.Same(graph, program);
    }

    [Fact]
    public void Large_steps_over_weights_run_in_the_compiler()
    {
        var net = new Net();
        var product = net.Add("p", new MatMul(), net.Weight("a", 300, 300), net.Weight("b", 300, 300));
        var graph = net.Return(net.Add("y", new Add(), net.Input("x", 300, 300), product));
        var program = Net.Compile(graph);
        Assert.Single(program.Steps);
        Assert.NotEmpty(program.Once);
        Assert.All(program.Slots.Where(s => s.Name is "a" or "b"), s => Assert.Equal(SlotKind.Source, s.Kind));
        Net.Same(graph, program);
    }

    [Fact]
    public void Convolutions_see_channels_last()
    {
        var net = new Net();
        var a = net.Add("a", new Relu(), net.Add("c", new Conv(Pads: [1, 1, 1, 1]), net.Input("x", 1, 3, 8, 8), net.Weight("w", 8, 3, 3, 3)));
        var p = net.Add("p", new MaxPool(KernelShape: [2, 2], Strides: [2, 2]), a);
        var graph = net.Return(net.Add("y", new Softmax(), net.Add("d", new Conv(), p, net.Weight("v", 5, 8, 1, 1))));
        var after = Net.After(graph, new Fuse(), new ChannelsLast());
        Assert.All(after.Nodes.SkipLast(1), n => Assert.Equal([0, 2, 3, 1], n.Result.Type.Order));
        Assert.Equal(Seq.Of<int>([]), after.Outputs[0].Type.Order);
        Net.Same(graph, Net.Compile(graph));
    }

    [Fact]
    public void What_is_concatenated_is_computed_where_it_belongs()
    {
        var net = new Net();
        var x = net.Input("x", 1, 3, 8, 8);
        var a = net.Add("a", new Relu(), net.Add("c", new Conv(Pads: [1, 1, 1, 1]), x, net.Weight("w", 5, 3, 3, 3)));
        var b = net.Add("b", new Sigmoid(), net.Add("d", new Conv(), x, net.Weight("v", 4, 3, 1, 1)));
        var both = net.Add("both", new Concat(Axis: 1), a, b, x);
        var graph = net.Return(net.Add("y", new Softmax(), both), net.Add("z", new Softmax(), net.Add("again", new Concat(Axis: 1), both, both)));
        var program = Net.Compile(graph);
        Assert.DoesNotContain(program.Slots, s => s.Name is "a" or "b");
        Net.Same(graph, program);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void An_open_batch_is_planned_by_its_size(long batch)
    {
        var net = new Net();
        var x = net.Input("x", Symbol.Of("batch"), 3, 8, 8);
        var a = net.Add("a", new Relu(), net.Add("c", new Conv(Pads: [1, 1, 1, 1]), x, net.Weight("w", 8, 3, 3, 3)));
        var b = net.Add("b", new Add(), a, net.Add("d", new Conv(Pads: [1, 1, 1, 1]), a, net.Weight("v", 8, 8, 3, 3)));
        var graph = net.Return(net.Add("y", new Softmax(), net.Add("f", new Flatten(), net.Add("g", new GlobalAveragePool(), b))));
        var program = Net.Compile(graph);
        Assert.NotEqual(0, Dimensions.Evaluate(program.ArenaBytes, new Dictionary<string, long> { ["batch"] = batch }));
        Net.Same(graph, program, batch);
    }

    [Fact]
    public void The_same_graph_gives_the_same_program()
    {
        Assert.Equal(Text(), Text());

        static string Text()
        {
            var net = new Net();
            var a = net.Add("a", new Relu(), net.Add("c", new Conv(Pads: [1, 1, 1, 1]), net.Input("x", 1, 3, 8, 8), net.Weight("w", 8, 3, 3, 3)));
            var b = net.Add("b", new Conv(), a, net.Weight("v", 8, 8, 3, 3));
            var program = Net.Compile(net.Return(net.Add("y", new MatMul(), b, net.Weight("u", 6, 4))));
            return string.Join("\n", program.Slots.Select(s => s.ToString()).Concat(program.Steps.Select(s => s.ToString())).Concat(program.Kernels.Select(KernelShape.Of)));
        }
    }

    [Fact]
    public void No_two_values_that_live_at_once_overlap()
    {
        var net = new Net();
        var (x, values) = (net.Input("x", 40, 8), new List<Value>());
        for (var i = 0; i < 12; i++)
        {
            var from = i == 0 ? x : values[(i * 7 + 3) % i];
            var wide = net.Add($"w{i}", new MatMul(), from, net.Weight($"k{i}", 8, 1 + i * 5 % 13));
            values.Add(net.Add($"v{i}", new Softmax(), net.Add($"m{i}", new MatMul(), wide, net.Weight($"l{i}", 1 + i * 5 % 13, 8))));
        }
        var graph = net.Return(net.Add("y", new Concat(Axis: 1), [.. values]));
        var program = Net.Compile(graph);
        Assert.True(program.ArenaBytes.Whole >= program.LowerBound.Whole);
        Assert.True(program.ArenaBytes.Whole <= program.LowerBound.Whole * 3 / 2, $"{program.ArenaBytes} bytes, {program.LowerBound} would do");
        Net.Same(graph, program); // the interpreter spoils what a plan puts over what is alive
    }
}
