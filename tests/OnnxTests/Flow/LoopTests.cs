using Lathe.Ir;
using Lathe.Onnx;

namespace Lathe.OnnxTests.Flow;

/// <summary>Loops at their edges: no round, fewer than none, graphs deep inside one another, names that mean nothing.</summary>
public sealed class LoopTests
{
    private static readonly FlowModel Sums = new("""
        <ir_version: 8, opset_import: ["": 17]>
        g (int64 trips, bool go, float[2] x) => (float[2] y, float[r, 2] all) {
          y, all = Loop <body = step (int64 i, bool on, float[2] v) => (bool next, float[2] w, float[2] slice) {
            next = Identity(on)
            w = Add(v, x)
            slice = Neg(w)
          }> (trips, go, x)
        }
        """, new(default, default, [new MaxBinding("y.rounds", 8)]));

    [Theory]
    [InlineData(3, true, 3)]
    [InlineData(0, true, 0)]
    [InlineData(-3, true, 0)]
    [InlineData(5, false, 0)]
    public void A_loop_runs_as_often_as_it_is_told(long trips, bool go, int rounds)
    {
        var made = Sums.Run(Tensor.Of([], trips), Tensor.Of(Scalar.Bool, [], go ? 1 : 0), Tensor.Of([2], 1f, 2f));
        Assert.Equal([1 + rounds, 2 + 2 * rounds], made[0].ToDoubles());
        Assert.Equal([rounds, 2], made[1].Shape);
        Assert.Equal(Enumerable.Range(1, rounds).SelectMany(i => new[] { -(i + 1.0), -2.0 * (i + 1) }), made[1].ToDoubles());
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(5, 0)]
    [InlineData(9, 0)] // 5 - 9: fewer than none is none
    public void A_count_below_none_is_none(int subtracted, int rounds)
    {
        var model = new FlowModel($$"""
            <ir_version: 8, opset_import: ["": 17]>
            g (float[N] x) => (float[1] y, float[r, 1] all) <int64 less = { {{subtracted}} }, int64[0] none = {}, float[1] zero = {0}, float[1] one = {1}> {
              size = Size(x)
              trips = Sub(size, less)
              y, all = Loop <body = step (int64 i, bool on, float[1] v) => (bool next, float[1] w, float[1] slice) {
                next = Identity(on)
                w = Add(v, one)
                slice = Identity(w)
              }> (trips, , zero)
            }
            """);
        var made = model.Run(Tensor.Zeros(Scalar.F32, [subtracted == 2 ? 4 : 5]));
        Assert.Equal([(double)rounds], made[0].ToDoubles());
        Assert.Equal([rounds, 1], made[1].Shape);
    }

    [Fact]
    public void A_branch_in_a_loop_in_a_branch_runs()
    {
        var model = new FlowModel("""
            <ir_version: 8, opset_import: ["": 17]>
            g (bool go, float[2] x) => (float[2] y) <int64 three = {3}, int64 one = {1}> {
              y = If <then_branch = t () => (float[2] a) {
                a = Loop <body = step (int64 i, bool on, float[2] v) => (bool next, float[2] w) {
                  next = Identity(on)
                  odd = Equal(i, one)
                  w = If <then_branch = u () => (float[2] b) { b = Mul(v, v) }, else_branch = e () => (float[2] c) { c = Add(v, x) }> (odd)
                }> (three, , x)
              }, else_branch = f () => (float[2] d) { d = Neg(x) }> (go)
            }
            """);
        // (x + x)² + x
        Assert.Equal([5.0, 18.0], model.Run(Tensor.Of(Scalar.Bool, [], 1), Tensor.Of([2], 1f, 2f))[0].ToDoubles());
        Assert.Equal([-1.0, -2.0], model.Run(Tensor.Of(Scalar.Bool, [], 0), Tensor.Of([2], 1f, 2f))[0].ToDoubles());
    }

    [Theory]
    [InlineData(30, null)]
    [InlineData(60, "LT1006")] // two messages for each graph, in a file as protobuf nests them
    public void Graphs_inside_graphs_have_a_depth_that_is_said(int depth, string? code)
    {
        var inner = "z = Neg(x)";
        for (var i = 0; i < depth; i++) inner = $"z = If <then_branch = t () => (float[2] z) {{ z = Identity(x) }}, else_branch = f () => (float[2] z) {{ {inner} }}> (go)";
        var text = $$"""
            <ir_version: 8, opset_import: ["": 17]>
            g (bool go, float[2] x) => (float[2] z) { {{inner}} }
            """;
        if (code is null) Assert.Equal([1.0, 2.0], new FlowModel(text).Run(Tensor.Of(Scalar.Bool, [], 1), Tensor.Of([2], 1f, 2f))[0].ToDoubles());
        else Assert.Contains(Assert.Throws<DiagnosticException>(() => new FlowModel(text)).Diagnostics, d => d.Code == code);
    }

    [Fact]
    public void A_name_that_no_graph_around_makes_is_said_with_the_node_and_the_nearest_name()
    {
        var fault = Assert.Throws<DiagnosticException>(() => new FlowModel("""
            <ir_version: 8, opset_import: ["": 17]>
            g (bool go, float[2] value) => (float[2] y) {
              y = If <then_branch = t () => (float[2] a) { a = Neg(values) }, else_branch = f () => (float[2] b) { b = Neg(value) }> (go)
            }
            """)).Diagnostics[0];
        Assert.Equal(("LT1202", "the nearest name is value"), (fault.Code, fault.Remedy));
        Assert.Contains("values", fault.Message, StringComparison.Ordinal);
        Assert.NotEqual("", fault.Where);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 0, 0)]
    [InlineData(0, 1, 0, 0)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(0, 0, 1, 1)]
    [InlineData(1, 0, -1, -1)]
    public void A_scan_goes_in_every_direction_along_every_axis(int inward, int outward, int inAxis, int outAxis)
    {
        var model = new FlowModel($$"""
            <ir_version: 8, opset_import: ["": 17]>
            g (float[2] first, float[{{(inAxis == 0 ? "3, 2" : "2, 3")}}] x) => (float[2] last, float[a, b] sums) {
              last, sums = Scan <num_scan_inputs = 1, scan_input_directions = [{{inward}}], scan_output_directions = [{{outward}}], scan_input_axes = [{{inAxis}}], scan_output_axes = [{{outAxis}}],
                body = step (float[2] state, float[2] slice) => (float[2] next, float[2] sum) {
                  next = Add(state, slice)
                  sum = Identity(next)
                }> (first, x)
            }
            """);
        double X(int round, int i) => (round * 2 + i) * 0.5 + 1;
        Seq<long> shape = inAxis == 0 ? [3, 2] : [2, 3];
        var x = Tensor.Of(shape, [.. Enumerable.Range(0, 6).Select(n => (float)(inAxis == 0 ? X(n / 2, n % 2) : X(n % 3, n / 3)))]);
        var made = model.Run(Tensor.Of([2], 0f, 0f), x);
        // The sums as ONNX says them: rounds in the order of reading, slices in the order of writing.
        var sums = new double[3, 2];
        var state = new double[2];
        for (var round = 0; round < 3; round++)
            for (var i = 0; i < 2; i++) sums[outward == 0 ? round : 2 - round, i] = state[i] += X(inward == 0 ? round : 2 - round, i);
        Assert.Equal(state, made[0].ToDoubles());
        Assert.Equal(outAxis == 0 ? [3, 2] : (Seq<long>)[2, 3], made[1].Shape);
        Assert.Equal(Enumerable.Range(0, 6).Select(n => outAxis == 0 ? sums[n / 2, n % 2] : sums[n % 3, n / 3]), made[1].ToDoubles());
    }
}
