using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

public sealed class SimplifyTests
{
    private static Graph Simplified(Graph graph, string verbs)
    {
        var after = Net.After(graph, new Simplify());
        Assert.Equal(verbs, Net.Verbs(after));
        Assert.Equal(graph.Outputs.Select(v => v.Name), after.Outputs.Select(v => v.Name));
        Net.Same(graph, after);
        return after;
    }

    [Fact]
    public void Steps_over_weights_are_worked_out()
    {
        var net = new Net();
        var sum = net.Add("sum", new Add(), net.Weight("a", 4), net.Weight("b", 4));
        var after = Simplified(net.Return(net.Add("y", new Mul(), net.Input("x", 4), sum)), "mul");
        Assert.Equal("sum", after.Weights.Single().Name);
    }

    [Fact]
    public void What_follows_from_shapes_is_a_weight()
    {
        var net = new Net();
        var x = net.Input("x", 2, 3, 4);
        var shape = net.Add("shape", new Ir.Ops.Shape(), net.Add("h", new Relu(), x));
        Simplified(net.Return(net.Add("y", new Reshape(), net.Add("g", new Relu(), x), shape)), "relu identity");
    }

    [Fact]
    public void Equal_steps_are_one_and_dead_ones_none()
    {
        var net = new Net();
        var x = net.Input("x", 3, 4);
        net.Add("dead", new Sigmoid(), x);
        Simplified(net.Return(net.Add("y", new Add(), net.Add("a", new Exp(), x), net.Add("b", new Exp(), x))), "exp add");
    }

    [Fact]
    public void Steps_that_change_nothing_are_dropped()
    {
        var net = new Net();
        var x = net.Input("x", 2, 3);
        var a = net.Add("a", new Ir.Ops.Cast(Scalar.F32), net.Add("i", new Identity(), x));
        var b = net.Add("b", new Transpose([0, 1]), net.Add("m", new Mul(), a, Net.Constant("one", 1)));
        var c = net.Add("c", new Reshape(), net.Add("p", new Add(), Net.Constant("zeros", 0, 0, 0), b), Net.Wholes("s", 2, 3));
        Simplified(net.Return(net.Add("y", new Relu(), c)), "relu");
    }

    [Fact]
    public void A_sum_that_broadcasts_is_kept()
    {
        var net = new Net();
        Simplified(net.Return(net.Add("y", new Add(), net.Input("x", 1, 3), new Net().Weight("w", 2, 3))), "add");
        Simplified(net.Return(net.Add("z", new Mul(), net.Input("v", 3), net.Weight("u", 3))), "mul");
    }

    [Fact]
    public void Reshapes_in_a_row_are_one()
    {
        var net = new Net();
        var x = net.Input("x", 2, 3, 4);
        var a = net.Add("a", new Reshape(), x, Net.Wholes("s", 6, 4));
        var b = net.Add("b", new Unsqueeze(), a, Net.Wholes("axes", 0));
        Simplified(net.Return(net.Add("y", new Relu(), net.Add("c", new Reshape(), b, Net.Wholes("t", 4, 6)))), "reshape relu");
    }

    [Fact]
    public void Transposes_in_a_row_are_one_or_none()
    {
        var net = new Net();
        var x = net.Input("x", 2, 3, 4);
        var one = net.Add("one", new Transpose([0, 2, 1]), net.Add("a", new Transpose([1, 0, 2]), x));
        var none = net.Add("none", new Transpose([1, 2, 0]), net.Add("b", new Transpose([2, 0, 1]), x));
        Simplified(net.Return(net.Add("y", new Relu(), one), net.Add("z", new Relu(), none)), "transpose relu relu");
    }

    [Fact]
    public void A_slice_is_no_reshape()
    {
        var net = new Net();
        var part = net.Add("part", new Slice(), net.Input("x", 4, 3), Net.Wholes("start", 0), Net.Wholes("end", 2), Net.Wholes("axis", 0));
        Simplified(net.Return(net.Add("y", new Reshape(), part, Net.Wholes("s", 6))), "slice reshape");
    }

    [Fact]
    public void Batch_normalization_goes_into_the_convolution_before_it()
    {
        var net = new Net();
        var conv = net.Add("c", new Conv(Pads: [1, 1, 1, 1]), net.Input("x", 1, 3, 5, 5), net.Weight("w", 4, 3, 3, 3), net.Weight("b", 4));
        var after = Simplified(net.Return(net.Add("y", new BatchNormalization(), conv, net.Weight("scale", 4), net.Weight("shift", 4), net.Weight("mean", 4), net.Weight("var", 4))), "conv");
        Assert.Equal(["w", "b"], after.Weights.Select(v => v.Name));
    }

    [Fact]
    public void Grouped_and_transposed_convolutions_and_products_take_a_factor_too()
    {
        var net = new Net();
        var x = net.Input("x", 2, 4, 6, 6);
        var grouped = net.Add("g", new Conv(Group: 2), x, net.Weight("w", 6, 2, 3, 3));
        var gemm = net.Add("m", new Gemm(Alpha: 0.5f, TransB: true), net.Input("v", 2, 5), net.Weight("u", 3, 5), net.Weight("c", 3));
        var graph = net.Return(
            net.Add("y", new Mul(), grouped, net.Weight("s", 1, 6, 1, 1)),
            net.Add("z", new Div(), gemm, net.Weight("t", 3)),
            net.Add("q", new Mul(), Net.Constant("half", 0.5f), net.Add("p", new MatMul(), net.Input("r", 2, 5), net.Weight("o", 5, 3))));
        Simplified(graph, "conv gemm mat_mul");
    }

    [Fact]
    public void A_factor_stays_where_the_product_is_read_elsewhere()
    {
        var net = new Net();
        var conv = net.Add("c", new Conv(), net.Input("x", 1, 3, 5, 5), net.Weight("w", 4, 3, 3, 3));
        Simplified(net.Return(net.Add("y", new Mul(), conv, net.Weight("s", 4, 1, 1)), net.Add("z", new Relu(), conv)), "conv mul relu");
    }

    [Fact]
    public void A_factor_along_an_axis_of_the_image_stays()
    {
        var net = new Net();
        var conv = net.Add("c", new Conv(), net.Input("x", 1, 3, 5, 5), net.Weight("w", 4, 3, 3, 3));
        Simplified(net.Return(net.Add("y", new Mul(), conv, net.Weight("s", 3))), "conv mul");
    }

    [Fact]
    public void Normalization_without_a_convolution_is_a_product_and_a_sum()
    {
        var net = new Net();
        Simplified(net.Return(net.Add("y", new BatchNormalization(Epsilon: 0.01f), net.Input("x", 2, 4, 3), net.Weight("scale", 4), net.Weight("shift", 4), net.Weight("mean", 4), net.Weight("var", 4))), "mul add");
    }

    [Fact]
    public void Two_biases_are_one()
    {
        var net = new Net();
        var conv = net.Add("c", new Conv(), net.Input("x", 1, 3, 5, 5), net.Weight("w", 4, 3, 3, 3), net.Weight("b", 4));
        Simplified(net.Return(net.Add("y", new Add(), net.Weight("d", 4, 1, 1), conv)), "conv");
    }

    [Fact]
    public void A_pad_of_zeros_goes_into_the_convolution_after_it()
    {
        var net = new Net();
        var padded = net.Add("p", new Pad(), net.Input("x", 1, 3, 5, 5), Net.Wholes("pads", 0, 0, 1, 2, 0, 0, 0, 1));
        Simplified(net.Return(net.Add("y", new Conv(Pads: [1, 0, 1, 0]), padded, net.Weight("w", 4, 3, 3, 3))), "conv");
        var ones = net.Add("q", new Pad(), net.Input("v", 1, 3, 5, 5), Net.Wholes("more", 0, 0, 1, 1, 0, 0, 1, 1), Net.Constant("one", 1));
        Simplified(net.Return(net.Add("z", new Conv(), ones, net.Weight("u", 4, 3, 3, 3))), "pad conv");
    }

    [Fact]
    public void An_output_that_is_an_input_keeps_its_name()
    {
        var net = new Net();
        Simplified(net.Return(net.Add("y", new Dropout(), net.Input("x", 3))), "identity");
    }
}
