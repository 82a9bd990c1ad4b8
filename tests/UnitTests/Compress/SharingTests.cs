using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What pools promise: what is alike is stored once, least squares of what shares a place, products that read the pool where it is, and that the pool is all that an artifact has.</summary>
public sealed class SharingTests
{
    private static readonly Seq<Expr> Shape = [32, 48];

    /// <summary>Rows, or blocks, that are multiples of a few are found and nothing is lost.</summary>
    [Theory]
    [InlineData("tied rows=5", 48)]
    [InlineData("tiled blocks=5", 64)]
    public void What_is_alike_is_stored_once(string format, int size)
    {
        var random = new Random(2);
        float[][] few = [.. Enumerable.Range(0, 5).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        var numbers = new float[32 * 48];
        for (var o = 0; o < 32; o++)
            for (var i = 0; i < 48; i++)
            {
                var (which, at) = size == 48 ? (o, i) : (o / 16 * 12 + i / 4, i % 4 * 16 + o % 16);
                numbers[o * 48 + i] = few[which % 5][at] * (which % 3 - 1.5f);
            }
        var encoding = (Factored)IrText.ReadEncoding(format);
        Assert.All(numbers.Zip(encoding.Multiplied(encoding.Encode(numbers, Shape), Shape)), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    /// <summary>Whatever else the pool held, least squares would lose more.</summary>
    [Theory]
    [InlineData("hashed blocks=9", false)]
    [InlineData("hashed blocks=9", true)]
    [InlineData("tiled blocks=9", true)]
    public void A_pool_is_the_least_squares_of_what_shares_it(string format, bool byData)
    {
        var (random, encoding) = (new Random(3), (Factored)IrText.ReadEncoding(format));
        float[] numbers = [.. Enumerable.Range(0, 32 * 48).Select(_ => random.NextSingle() - 0.5f)];
        var hessian = new double[48 * 48];
        for (var i = 0; i < 48; i++) hessian[i * 49] = 0.1 + random.NextDouble();
        var factors = byData ? encoding.Split(numbers, hessian, Shape) : encoding.Split(numbers, Shape);
        double Off(Seq<float[]> of) => numbers.Zip(encoding.Multiplied(encoding.Pack(of, [], Shape), Shape)).Index().Sum(p => (byData ? hessian[p.Index % 48 * 49] : 1) * Math.Pow((double)p.Item.First - p.Item.Second, 2));
        var least = Off(factors);
        Assert.True(least < numbers.Index().Sum(p => (byData ? hessian[p.Index % 48 * 49] : 1) * p.Item * p.Item));
        for (var trial = 0; trial < 40; trial++)
        {
            var moved = (float[])factors[0].Clone();
            moved[random.Next(moved.Length)] += (random.NextSingle() - 0.5f) / 4;
            Assert.True(Off(factors.With(0, moved)) >= least * (1 - 1e-6));
        }
    }

    /// <summary>Kernels read the pool in place: results are the interpreter's, and what they are given of the weight is no more than its planes.</summary>
    [Theory]
    [InlineData("hashed blocks=9 axis=1 input=0 (f32)")]
    [InlineData("hashed blocks=9 axis=1 input=0 (f16)")]
    [InlineData("hashed blocks=7 outputs=32 inputs=2 axis=1 input=0 (f32)")]
    [InlineData("tiled blocks=9 axis=1 input=0 (f32)")]
    [InlineData("tiled blocks=9 axis=1 input=0 (f16)")]
    [InlineData("hashed blocks=9 axis=1 input=0 (f16) + i4 axis=1 group=16")]
    public void Products_read_the_pool_where_it_is(string format)
    {
        foreach (var rows in new[] { 1, 5, 40 })
        {
            var (layer, encoding) = (new ProductLayer(new MatMul(), [rows, 64], [64, 96], runs: 1), IrText.ReadEncoding(format));
            var weight = new Value("w", new([64, 96], encoding), encoding.Encode(layer.Numbers, [64, 96]));
            var graph = layer.Graph.Map(value => value.Name == "w" ? weight : value);
            var kernel = Lowering.Lower(graph.Nodes[0]);
            var scheduled = Scheduler.Schedule(kernel, new Machine("test"), new Storage("w", weight.Type).Buffers.Select(b => b.Name).ToHashSet(StringComparer.Ordinal));
            Assert.Contains("from a pool", scheduled.Template, StringComparison.Ordinal);
            var given = scheduled.Kernel.Inputs.Where(b => b.Name != "x").Sum(b => b.Scalar.Bytes(b.Size.Whole));
            Assert.InRange(given, 1, encoding.Size([64, 96]) * 5 / 4);
        }
    }
}
