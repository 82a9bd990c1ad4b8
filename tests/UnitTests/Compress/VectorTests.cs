using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Vector quantization: what books win over grids, and over rounding where it is known what a weight is multiplied by.</summary>
public sealed class VectorTests
{
    private static ProductLayer Problem => new(new MatMul(), [64, 50], [50, 256], 6);

    private static MeasuredLayer Layer(ProductLayer problem, bool unseen = false) => unseen ? problem.Unseen("i2 axis=1") : problem.Layer("i2 axis=1");

    private static float[] Stored(ProductLayer problem, string format, QuantizeMethod method, bool actOrder = false)
    {
        var (use, vq) = (problem.Use, (Vq)IrText.ReadEncoding(format));
        vq = vq.Placed(use.Input, use.Output);
        return Decoded.Of(new("w", use.Weight.Type.With(vq), VectorWeights.Choose(Layer(problem), vq, new(vq, method, actOrder), method).Planes));
    }

    [Theory]
    [InlineData("vq dim=2 bits=4", false)]
    [InlineData("vq dim=2 bits=4", true)]
    [InlineData("vq dim=3 bits=4 stages=2 scales=f32", false)]
    [InlineData("vq dim=4 bits=4", false)] // the last vector of a row is of two
    public void The_output_is_nearer_than_that_of_the_nearest_vectors(string format, bool actOrder)
    {
        var problem = Problem;
        var unseen = Layer(problem, unseen: true);
        var (nearest, follows) = (unseen.OutputError(Stored(problem, format, QuantizeMethod.Rtn))!.Value, unseen.OutputError(Stored(problem, format, QuantizeMethod.Gptq, actOrder))!.Value);
        Assert.True(follows < nearest, $"{follows} {nearest}");
    }

    [Fact]
    public void Two_bits_a_number_lose_a_fifth_less_than_on_a_grid()
    {
        var problem = new ProductLayer(new MatMul(), [64, 256], [256, 512], 6, seed: 3);
        var layer = problem.Layer("i2 group=64 scales=f16");
        var grid = Rounding.Of(QuantizeMethod.Rtn).Choose(layer, new(layer.Format)).Numbers(layer);
        Encoding vq = new Vq(3, 6).Placed(problem.Use.Input, problem.Use.Output);
        var shape = problem.Use.Weight.Type.Shape;
        Assert.True(vq.Size(shape) <= layer.Format.Size(shape));
        var (books, even) = (Error(Stored(problem, "vq dim=3 bits=6", QuantizeMethod.Rtn)), Error(grid));
        Assert.True(books < 0.8 * even, $"{books} {even}");

        double Error(float[] after) => layer.OutputError(after)!.Value;
    }

    [Fact]
    public void Vectors_that_a_book_can_hold_are_held_exactly()
    {
        // Four vectors in all, rows of one scale.
        float[][] entries = [[1, -1], [-1, 1], [1, 1], [-1, -1]];
        float[] numbers = [.. Enumerable.Range(0, 64).SelectMany(i => entries[i * 7 % 4])];
        Seq<Expr> shape = [8, 16];
        Encoding format = new Vq(2, 2, Scales: Scalar.F32);
        Assert.Equal(numbers, Decoded.Of(new("w", new TensorType(shape, format), format.Encode(numbers, shape))));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.25f)]
    public void A_weight_of_one_number_reads_back(float number)
    {
        var numbers = Enumerable.Repeat(number, 6 * 10).ToArray();
        Seq<Expr> shape = [6, 10];
        Encoding format = new Vq(4, 3);
        Assert.All(Decoded.Of(new("w", new TensorType(shape, format), format.Encode(numbers, shape))), x => Assert.Equal(number, x, 3e-4f));
    }

    [Fact]
    public void Bytes_are_the_same_every_time()
    {
        Encoding format = new Vq(4, 6, 2).Placed(0, 1);
        var problem = Problem;
        var (one, other) = (format.Encode(problem.Numbers, [50, 256]), format.Encode(problem.Numbers, [50, 256]));
        Assert.Equal(one.Select(plane => plane.ToArray<byte>()), other.Select(plane => plane.ToArray<byte>()));
    }
}
