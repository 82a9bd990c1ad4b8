using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What pruning promises: so many numbers are kept and no more, groups hold, what goes by data loses less, also of data that nothing was chosen by.</summary>
public sealed class PruneTests
{
    private static readonly ProductLayer Product = new(new MatMul(), [64, 48], [48, 40], runs: 12);

    private static (Sparse Format, float[] Numbers, double Error) Pruned(string pass, ProductLayer? product = null)
    {
        product ??= Product;
        var compilation = new Compilation(new Machine("test")) { Calibration = product.Calibration };
        var module = PipelineReader.ReadLine(pass, "test").Passes[0].Run(new Module(product.Graph), compilation);
        var weight = module.MustBeGraph.Nodes[0].Operands[1]!;
        var loss = Assert.Single(compilation.Losses);
        return ((Sparse)weight.Type.Encoding, Decoded.Of(weight), loss.OutputError!.Value);
    }

    [Theory]
    [InlineData("unstructured", 0.6, 768)]
    [InlineData("4x1", 0.8, 384)]
    [InlineData("8x1", 0.75, 480)]
    [InlineData("4x4", 0.9, 192)]
    [InlineData("1x8", 0.5, 960)]
    public void So_many_numbers_are_kept(string pattern, double sparsity, int kept)
    {
        foreach (var method in new[] { "magnitude", "wanda", "obs" })
        {
            var (format, numbers, _) = Pruned($"prune(pattern={pattern}, sparsity={sparsity.ToString(CultureInfo.InvariantCulture)}, method={method})");
            Assert.Equal(kept, numbers.Count(n => n != 0));
            var block = (BlockPattern)format.Pattern;
            // Blocks are kept whole: the weight is [inputs, outputs].
            var blocks = numbers.Index().Where(n => n.Item != 0).Select(n => (n.Index / 40 / block.Inputs, n.Index % 40 / block.Outputs)).Distinct().Count();
            Assert.Equal(kept / block.Size, blocks);
        }
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(1, 4)]
    [InlineData(2, 8)]
    [InlineData(4, 8)]
    public void Groups_keep_as_many_as_they_say(int count, int of)
    {
        foreach (var method in new[] { "magnitude", "wanda", "obs" })
        {
            var (_, numbers, _) = Pruned($"prune(pattern={count}:{of}, method={method})");
            for (var o = 0; o < 40; o++)
                for (var g = 0; g < 48 / of; g++) Assert.Equal(count, Enumerable.Range(g * of, of).Count(i => numbers[i * 40 + o] != 0));
        }
    }

    [Theory]
    [InlineData("pattern=unstructured, sparsity=0.6")]
    [InlineData("pattern=4x1, sparsity=0.6")]
    [InlineData("pattern=2:4")]
    public void What_goes_by_data_loses_less(string pattern)
    {
        double Error(string method) => Pruned($"prune({pattern}, method={method})").Error;
        var (magnitude, wanda, obs) = (Error("magnitude"), Error("wanda"), Error("obs"));
        Assert.True(wanda < magnitude, $"wanda {wanda}, magnitude {magnitude}");
        Assert.True(obs < wanda, $"obs {obs}, wanda {wanda}");
    }

    [Fact]
    public void Exchanges_shift_the_output_less_and_keep_as_many()
    {
        var plain = Pruned("prune(pattern=unstructured, sparsity=0.7, method=wanda)");
        var refined = Pruned("prune(pattern=unstructured, sparsity=0.7, method=wanda, refine=dsnot)");
        Assert.Equal(plain.Numbers.Count(n => n != 0), refined.Numbers.Count(n => n != 0));
        double Shift(float[] numbers)
        {
            var layer = new PruneLayer(Product.Use, Product.Numbers, Product.Calibration);
            var mean = layer.Mean(0);
            return Enumerable.Range(0, 40).Sum(o => Math.Abs(Enumerable.Range(0, 48).Sum(i => (numbers[i * 40 + o] - Product.Numbers[i * 40 + o]) * mean[i])));
        }
        Assert.True(Shift(refined.Numbers) < 0.8 * Shift(plain.Numbers), $"{Shift(refined.Numbers)} after, {Shift(plain.Numbers)} before");
    }

    [Fact]
    public void Allocation_keeps_no_more_at_all_and_loses_less()
    {
        // One weight is nearly empty already, the other is not.
        var random = new Random(5);
        float[] Numbers(double power) => [.. Enumerable.Range(0, 64 * 64).Select(_ => (float)Math.Pow(random.NextDouble(), power) * (random.Next(2) * 2 - 1))];
        var x = new Value("x", new([8, 64], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var y = build.Add("y", new MatMul(), x, new Value("v", new([64, 64], Scalar.F32), [Bytes.Of<float>(Numbers(20))]));
        var graph = build.Return(build.Add("z", new MatMul(), y, new Value("w", new([64, 64], Scalar.F32), [Bytes.Of<float>(Numbers(0.2))])));
        List<LayerLoss> Losses(string allocate)
        {
            var compilation = new Compilation(new Machine("test"));
            PipelineReader.ReadLine($"prune(pattern=unstructured, sparsity=0.6, allocate={allocate})", "test").Passes[0].Run(new Module(graph), compilation);
            return [.. compilation.Losses];
        }
        var (uniform, rd) = (Losses("uniform"), Losses("rd"));
        Assert.True(rd.Sum(l => l.BytesAfter) <= uniform.Sum(l => l.BytesAfter));
        Assert.True(rd.Sum(l => l.Error) < 0.8 * uniform.Sum(l => l.Error));
    }

    [Theory]
    [InlineData("sparse 4x1 keep=0.1 axis=1 input=0 (f32)", 128, "sparse 4x1")]
    [InlineData("sparse 4x1 keep=0.9 axis=1 input=0 (f32)", 128, "dense: sparse 4x1")]
    [InlineData("sparse 4x1 keep=0.1 axis=0 input=1 (f32)", 128, "blocked")] // blocks along the sum: their rows do not follow one another
    [InlineData("sparse 4x1 keep=0.1 axis=1 input=0 (f32)", 128, "blocked", 8)] // two lanes: fewer than are turned round together
    public void Blocks_are_walked_where_that_is_faster(string format, int rows, string expected, int vectorBytes = 64)
    {
        var (encoding, numbers) = (IrText.ReadEncoding(format), Enumerable.Range(0, 256 * 256).Select(i => (float)Math.Sin(i)).ToArray());
        var (x, w) = (new Value("x", new([rows, 256], Scalar.F32)), new Value("w", new([256, 256], encoding), encoding.Encode(numbers, [256, 256])));
        var build = new GraphBuilder("g", x);
        build.Add("y", new MatMul(), x, w);
        var template = Scheduler.Schedule(Lowering.Lower(build.Nodes[0]), new Machine("wide", vectorBytes, 32), new Storage("w", w.Type).Buffers.Select(b => b.Name).ToHashSet()).Template;
        Assert.Contains(expected, template, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_of_four_bytes_take_at_most_5_2_bits()
    {
        var format = IrText.ReadEncoding("sparse 2:4 axis=1 input=0 (i8 axis=1)");
        Assert.True(format.Size([1024, 1024]) * 8.0 / (1024 * 1024) <= 5.2);
    }

    [Theory]
    [InlineData("sparse 4x1 keep=0.2 (f32)")]
    [InlineData("sparse 2:4 axis=1 input=0 (i4 group=64 scales=f16)")]
    [InlineData("sparse 1x1 keep=0.1 (f16)")]
    public void Formats_inside_formats_read_back(string text) => Assert.Equal(text, IrText.ReadEncoding(text).ToString());
}
