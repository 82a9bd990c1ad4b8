using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What a weight is multiplied by, as gathered off the formula: tr(W·H·Wᵀ) is the mean square of what the step computes.</summary>
public sealed class UnfoldingTests
{
    public static TheoryData<string, Op, long[], long[]> Products => new()
    {
        { "rows times a matrix", new MatMul(), [5, 6], [6, 4] },
        { "a stack of rows", new MatMul(), [2, 5, 6], [6, 4] },
        { "a stack of matrices", new MatMul(), [3, 5, 6], [3, 6, 4] },
        { "transposed", new Gemm(TransB: true), [5, 6], [4, 6] },
        { "a convolution", new Conv(), [2, 3, 6, 5], [4, 3, 3, 2] },
        { "padded, with steps, spread", new Conv(Pads: [1, 2, 1, 2], Strides: [2, 1], Dilations: [1, 2]), [2, 3, 6, 7], [4, 3, 3, 3] },
        { "1x1", new Conv(), [2, 3, 4, 4], [5, 3, 1, 1] },
        { "in groups", new Conv(Group: 2, Pads: [1, 1, 1, 1]), [2, 6, 5, 5], [4, 3, 3, 3] },
        { "depthwise", new Conv(Group: 3), [2, 3, 5, 5], [3, 1, 3, 3] },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public void The_energy_of_the_output_is_that_of_the_gram_matrix(string what, Op op, long[] x, long[] w)
    {
        var layer = new ProductLayer(op, [.. x.Select(e => (Expr)e)], [.. w.Select(e => (Expr)e)], 3);
        var plain = layer.Layer("i8 axis=0");
        Assert.True(plain.IsCalibrated, what);
        var energy = plain.RowGroups.Sum(g => Lathe.Passes.Layer.Energy(plain.Rows(g.Rows, p => plain.Numbers[p]), g.Rows.Length, plain.Hessian(g.Group), plain.Matrix!.Columns).Sum() * plain.Samples);
        Assert.Equal(layer.Energy(layer.Runs.Select(run => Interpreter.Run(layer.Graph, [run])[0])), energy, 1e-4 * energy);
    }

    [Fact]
    public void Open_dimensions_are_those_of_the_run()
    {
        var layer = new ProductLayer(new MatMul(), [Symbol.Of("batch"), 3, 6], [6, 4], 2, new() { ["batch"] = 5 });
        Assert.Equal(30, layer.Layer("i8 axis=0").Samples);
    }
}
