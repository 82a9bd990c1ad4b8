using Lathe.Ir;

namespace Lathe.OnnxTests.Flow;

/// <summary>Shapes with -1 and 0 in them that only a run knows. What is expected is what ONNX's Reshape says, worked out here by hand.</summary>
public sealed class ShapeOfRunTests
{
    private static readonly FlowModel Copying = Reshape(0), Empty = Reshape(1);

    [Theory]
    [InlineData(2, "-1 3 4", "2 3 4")]
    [InlineData(2, "4 -1 2", "4 3 2")]
    [InlineData(2, "6 2 -1", "6 2 2")]
    [InlineData(2, "0 -1 2", "2 6 2")]
    [InlineData(2, "0 0 -1", "2 3 4")]
    [InlineData(5, "-1 0 0", "5 3 4")]
    [InlineData(2, "12 0 -1", null)] // 24 elements, 36 and more asked for
    [InlineData(2, "24 1 1", "24 1 1")]
    [InlineData(0, "0 -1 4", "0 3 4")]
    [InlineData(0, "-1 3 4", "0 3 4")]
    [InlineData(2, "5 -1 2", null)]
    [InlineData(2, "-1 -1 2", null)]
    [InlineData(2, "-2 3 4", null)]
    [InlineData(2, "2 3 5", null)]
    [InlineData(2, "2 3 2", null)]
    public void Zero_is_the_extent_of_x(int n, string shape, string? expected) => Check(Copying, n, shape, expected);

    [Theory]
    [InlineData(2, "-1 3 4", "2 3 4")]
    [InlineData(2, "2 12 -1", "2 12 1")]
    [InlineData(0, "-1 3 4", "0 3 4")]
    [InlineData(0, "5 0 1", "5 0 1")]
    [InlineData(0, "3 2 0", "3 2 0")]
    [InlineData(2, "0 -1 2", null)]
    [InlineData(0, "0 -1 4", null)]
    [InlineData(2, "2 0 4", null)]
    [InlineData(0, "13 0 1", null)] // more than x would hold: memory is planned for no such shape
    public void Zero_is_no_element_where_allowzero_says_so(int n, string shape, string? expected) => Check(Empty, n, shape, expected);

    [Fact]
    public void Factors_that_wrap_around_to_the_right_number_are_refused()
    {
        // 5 · 3689348814741910325 is 2^64 + 9, which is 9 in 64 bits.
        var model = new FlowModel("""
            <ir_version: 8, opset_import: ["": 19]>
            g (float[9] x, int64[2] shape) => (float[a, b] y) { y = Reshape(x, shape) }
            """);
        Assert.Throws<DiagnosticException>(() => model.Run(Tensor.Zeros(Scalar.F32, [9]), Tensor.Of([2], 5L, 3689348814741910325L)));
        Assert.Equal([3, 3], model.Run(Tensor.Zeros(Scalar.F32, [9]), Tensor.Of([2], 3L, -1L))[0].Shape);
    }

    [Fact]
    public void Tensors_of_one_shape_under_one_shape_have_the_same_extents()
    {
        // Heads as exporters write them: were the extents two numbers each, their product would need a check more.
        var model = new FlowModel("""
            <ir_version: 8, opset_import: ["": 19]>
            g (float[T, 8] q, float[T, 8] k, int64[3] shape) => (float[h, a, b] y) {
              qs = Reshape(q, shape)
              ks = Reshape(k, shape)
              kt = Transpose <perm = [0, 2, 1]> (ks)
              y = MatMul(qs, kt)
            }
            """);
        Assert.Single(model.Graph.Nodes, n => n.Op is Ir.Ops.Measure);
        Assert.Equal([3, 4, 4], model.Run(Numbers(3, 8), Numbers(3, 8), Tensor.Of([3], 0L, 4L, -1L))[0].Shape);
    }

    [Fact]
    public void A_shape_that_data_decide_is_bounded_by_the_tensor()
    {
        // How many columns there are is found in the data; what is behind the reshape is planned for as many elements as there are.
        var model = new FlowModel("""
            <ir_version: 8, opset_import: ["": 19]>
            g (float[N] x, float[M] mask) => (float[a, b] y, float[c] sums) <int64[1] open = {-1}, int64[1] one = {1}> {
              found = NonZero(mask)
              all = Shape <start = 1> (found)
              count = Cast <to = 7> (all)
              shape = Concat <axis = 0> (open, count)
              r = Reshape(x, shape)
              y = Exp(r)
              sums = ReduceSum <keepdims = 0> (y, one)
            }
            """);
        Assert.Equal([4, 3], model.Run(Numbers(12), Tensor.Of([5], 1f, 0f, 1f, 0f, 2f))[0].Shape);
        Assert.Throws<DiagnosticException>(() => model.Run(Numbers(10), Tensor.Of([5], 1f, 0f, 1f, 0f, 2f)));
    }

    private static FlowModel Reshape(int allowzero) => new($$"""
        <ir_version: 8, opset_import: ["": 19]>
        g (float[N, 3, 4] x, int64[3] shape) => (float[a, b, c] y, float[a, b] sums) <int64[1] last = {2}> {
          r = Reshape <allowzero = {{allowzero}}> (x, shape)
          y = Neg(r)
          sums = ReduceSum <keepdims = 0> (r, last)
        }
        """);

    private static void Check(FlowModel model, int n, string shape, string? expected)
    {
        Tensor[] Run() => model.Run(Numbers(n, 3, 4), Tensor.Of([3], [.. Wholes(shape)]));
        if (expected is null)
        {
            Assert.Throws<DiagnosticException>(Run);
            return;
        }
        var made = Run();
        Assert.Equal(Wholes(expected), made[0].Shape);
        Assert.Equal(Wholes(expected)[..2], made[1].Shape);
        Assert.Equal(Numbers(n, 3, 4).ToDoubles().Select(x => -x), made[0].ToDoubles());
    }

    private static Seq<long> Wholes(string text) => [.. text.Split(' ').Select(long.Parse)];

    private static Tensor Numbers(params Seq<long> shape) => Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (i * 7 % 11 - 5) / 4f)]);
}
