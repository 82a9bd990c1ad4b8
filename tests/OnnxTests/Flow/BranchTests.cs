using Lathe.Ir;
using Lathe.Onnx;

namespace Lathe.OnnxTests.Flow;

/// <summary>Branches whose sides are not one type: what follows, or the side that can be made at all, decides; a run checks it.</summary>
public sealed class BranchTests
{
    /// <summary>A squeeze that a run decides, as exporters write it; what follows takes two axes or three.</summary>
    private static string Squeeze(string after) => $$"""
        <ir_version: 8, opset_import: ["": 17]>
        g (bool go, float[1, 3, 4] x) => (float[a, b] y) <int64[1] first = {0}, float[5, 3] w = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1}, float[1, 3, 1, 4] kernel = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}> {
          r = If <then_branch = squeezed () => (float[p, q] s) { s = Squeeze(x, first) }, else_branch = plain () => (float[p, q, r] t) { t = Identity(x) }> (go)
          {{after}}
        }
        """;

    [Fact]
    public void The_side_is_compiled_that_what_follows_can_be_made_of()
    {
        // Gemm takes matrices only, a transposition of three axes only the other.
        var matrix = new FlowModel(Squeeze("y = Gemm(w, r)"));
        Assert.Equal("LT2010", Assert.Single(matrix.Warnings, w => w.Code == "LT2010").Code);
        Assert.Equal([5, 4], matrix.Run(Bool(true), Numbers)[0].Shape);
        Assert.Contains("compiled for", Assert.Throws<DiagnosticException>(() => matrix.Run(Bool(false), Numbers)).Message, StringComparison.Ordinal);

        var three = new FlowModel(Squeeze("u = Transpose <perm = [1, 0, 2]> (r)\n s = Squeeze(u)\n y = Relu(s)"));
        Assert.Equal([3, 4], three.Run(Bool(false), Numbers)[0].Shape);
        Assert.Throws<DiagnosticException>(() => three.Run(Bool(true), Numbers));
    }

    [Fact]
    public void The_declared_shape_decides_where_what_follows_fits_both()
    {
        var model = new FlowModel(Squeeze("y = Relu(r)"));
        Assert.Equal([3, 4], model.Run(Bool(true), Numbers)[0].Shape);
    }

    [Fact]
    public void Where_both_sides_or_neither_fit_that_is_said()
    {
        Assert.Equal("LT2011", Fault(Squeeze("v = Relu(r)\n y = ReduceSum <keepdims = 0> (v)").Replace("(float[a, b] y)", "(float y)", StringComparison.Ordinal)).Code);
        var none = Fault(Squeeze("y = Transpose <perm = [3, 2, 1, 0]> (r)"));
        Assert.Equal("LT2011", none.Code);
        Assert.Contains("of neither", none.Message, StringComparison.Ordinal);
        Assert.NotEqual("", none.Remedy);
    }

    [Fact]
    public void A_side_that_does_not_fit_its_input_is_not_compiled()
    {
        // A product that 4 columns do not fit: for such an input the other side alone can run.
        var model = new FlowModel("""
            <ir_version: 8, opset_import: ["": 17]>
            g (bool go, float[3, 4] x) => (float[a, b] y) <float[7, 2] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}> {
              y = If <then_branch = wide () => (float[p, q] s) { s = MatMul(x, w) }, else_branch = plain () => (float[p, q] t) { t = Neg(x) }> (go)
            }
            """);
        Assert.Contains("cannot be made", Assert.Single(model.Warnings, w => w.Code == "LT2010").Message, StringComparison.Ordinal);
        Assert.Equal([3, 4], model.Run(Bool(false), Tensor.Zeros(Scalar.F32, [3, 4]))[0].Shape);
        Assert.Throws<DiagnosticException>(() => model.Run(Bool(true), Tensor.Zeros(Scalar.F32, [3, 4])));
    }

    [Fact]
    public void A_side_that_is_never_taken_is_not_looked_at()
    {
        // The condition is one of dimensions: the other side would be refused.
        var model = new FlowModel("""
            <ir_version: 8, opset_import: ["": 17]>
            g (float[3, 4] x) => (float[a, b] y) <int64[1] four = {4}, float[7, 2] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}> {
              last = Shape <start = 1> (x)
              is = Equal(last, four)
              y = If <then_branch = plain () => (float[p, q] t) { t = Neg(x) }, else_branch = wide () => (float[p, q] s) { s = MatMul(x, w) }> (is)
            }
            """);
        Assert.Empty(model.Warnings);
        Assert.Equal([3, 4], model.Run(Tensor.Zeros(Scalar.F32, [3, 4]))[0].Shape);
    }

    private static Diagnostic Fault(string text) => Assert.Throws<DiagnosticException>(() => new FlowModel(text)).Diagnostics.First(d => d.Severity == Severity.Error);

    private static Tensor Bool(bool value) => Tensor.Of(Scalar.Bool, [], value ? 1 : 0);

    private static Tensor Numbers => Tensor.Of([1, 3, 4], [.. Enumerable.Range(0, 12).Select(i => i / 4f)]);
}
