using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What every structure of factors promises, whichever it is: nothing lost at its largest, bytes as its formula says, products with factors as with the weight, and its text.</summary>
public sealed class StructureTests
{
    private static readonly ProductLayer Product = new(new MatMul(), [20, 48], [48, 40], runs: 4);
    private static readonly ProductLayer Points = new(new Conv(), [2, 16, 5, 5], [24, 16, 1, 1], runs: 2);
    private static readonly ProductLayer Image = new(new Conv(Pads: [1, 0, 1, 2], Strides: [2, 1]), [2, 8, 7, 6], [12, 8, 3, 3], runs: 2);

    /// <summary>Structures at which a matrix of 12 outputs by 8 is kept exactly, and how many numbers they are then.</summary>
    public static TheoryData<string, long> Whole => new()
    {
        { "lowrank rank=8", 8 * (12 + 8) },
        { "monarch blocks=2 rank=4", 2 * 4 * (12 + 8) },
        { "kronecker outputs=3 inputs=2 terms=6", 6 * (3 * 2 + 4 * 4) },
        { "blockaffine outputs=3 inputs=2 terms=6", 6 * (3 * 2 + 4 * 4) + 3 * 2 },
        { "cur rank=8", 8 * (12 + 8 - 8) + 12 / 2 },
        { "tt outputs=[2, 3] inputs=[2, 2] rank=4", 2 * 2 * 4 + 4 * 3 * 2 * 4 + 4 * 2 * 2 },
        { "tied rows=12", 12 * 8 + 12 / 4 + 12 },
        { "tiled blocks=12 outputs=4 inputs=2", 12 * 4 * 2 + 12 / 4 + 12 },
        { "hashed blocks=6 outputs=4 inputs=4", 6 * 4 * 4 + 12 },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void At_its_largest_it_loses_nothing_and_takes_the_numbers_of_its_factors(string format, long numbers)
    {
        var encoding = (Ranked)IrText.ReadEncoding(format);
        Assert.Equal(encoding.Rank, encoding.Full([12, 8]));
        Assert.Equal(numbers * 4, encoding.Size([12, 8]));
        foreach (var shape in new[] { Of(12, 8), Of(12, 8, 1, 1) })
        {
            var all = Numbers(3, shape);
            Near(all, encoding.Multiplied(encoding.Encode(all, shape), shape), 2e-6);
        }
    }

    /// <summary>Filters of 6 outputs by 5 inputs by 3 by 2.</summary>
    [Theory]
    [InlineData("tucker2 rank=6 inputs=5", 6 * 6 + 6 * 5 * 6 + 5 * 5)]
    [InlineData("lowrank rank=6", 6 * (6 + 30))]
    public void Filters_are_kept_exactly(string format, long numbers)
    {
        var (encoding, shape, all) = ((Factored)IrText.ReadEncoding(format), Of(6, 5, 3, 2), Numbers(4, Of(6, 5, 3, 2)));
        Assert.Equal(numbers * 4, encoding.Size(shape));
        Near(all, encoding.Multiplied(encoding.Encode(all, shape), shape), 2e-6);
    }

    /// <summary>Numbers that a structure made are found again, at any size and whatever the order of axes.</summary>
    [Property(MaxTest = 40)]
    public void What_has_the_structure_is_found_again(byte kind, byte high, byte wide, byte size, bool turned)
    {
        var (outputs, inputs) = (4 * (1 + high % 5), 4 * (1 + wide % 5));
        string[] structures = ["lowrank", "monarch blocks=2", "kronecker outputs=2 inputs=4", "blockaffine outputs=4 inputs=2", "cur", "tt outputs=[2, 2] inputs=[2, 2]", "tucker2"];
        var pattern = (Ranked)IrText.ReadEncoding(structures[kind % structures.Length]);
        var filters = pattern is Tucker2 or Lowrank or Cur;
        var shape = turned ? filters ? Of(inputs, outputs, 2) : Of(inputs, outputs) : filters ? Of(outputs, inputs, 2) : Of(outputs, inputs);
        var format = (Ranked)(pattern with { Axis = turned ? 1 : 0, Input = turned ? 0 : 1 });
        format = format with { Rank = 1 + size % format.Full(shape) };
        var made = Made(format, [.. format.Parts(shape).Select((part, i) => part.Name == "found" ? Found(part.Type.Count) : Numbers(i, part.Type.Shape))], shape);
        Near(made, format.Multiplied(format.Encode(made, shape), shape), 1e-3);

        // Every other output is kept, as it were.
        float[] Found(long count) => [.. Enumerable.Range(0, (int)count).OrderBy(i => i % 2).ThenBy(i => i).Index().OrderBy(p => p.Item).Select(p => (float)p.Index)];
    }

    [Theory]
    [InlineData("cp rank=2", 1e-3)]
    [InlineData("cp rank=4", 1e-3)]
    public void Separable_filters_are_found_again(string format, double tolerance)
    {
        var (encoding, shape) = ((Cp)IrText.ReadEncoding(format), Of(12, 8, 3, 3));
        Assert.Equal((long)encoding.Rank! * (12 + 8 + 3 + 3) * 4, encoding.Size(shape));
        var made = Made(encoding, [.. encoding.Parts(shape).Select((part, i) => Numbers(i, part.Type.Shape))], shape);
        Near(made, encoding.Multiplied(encoding.Encode(made, shape), shape), tolerance);
    }

    /// <summary>A weight of zeros has factors, and nothing becomes of it but zeros.</summary>
    [Theory]
    [InlineData("lowrank rank=2")]
    [InlineData("monarch blocks=2 rank=2")]
    [InlineData("kronecker outputs=3 inputs=2 terms=2")]
    [InlineData("blockaffine outputs=3 inputs=2 terms=2")]
    [InlineData("cur rank=2")]
    [InlineData("tt outputs=[2, 3] inputs=[2, 2] rank=2")]
    [InlineData("dense_sparse 2:4 rank=4")]
    [InlineData("cp rank=2")]
    [InlineData("tucker2 rank=2 inputs=2")]
    [InlineData("tied rows=2")]
    [InlineData("tiled blocks=2 outputs=4 inputs=4")]
    [InlineData("hashed blocks=2 outputs=4 inputs=4")]
    public void Zeros_stay_zeros(string format)
    {
        var encoding = (Factored)IrText.ReadEncoding(format);
        var shape = encoding is Cp or Tucker2 ? Of(12, 8, 3, 3) : Of(12, 8);
        Assert.All(encoding.Multiplied(encoding.Encode(new float[shape.Aggregate(1L, (size, extent) => size * extent.Whole)], shape), shape), number => Assert.Equal(0, number));
    }

    /// <summary>What no product of so few filters comes near is fitted all the same: never worse than nothing, whenever the search ends.</summary>
    [Fact]
    public void A_fit_that_does_not_settle_is_one()
    {
        var (encoding, shape) = ((Cp)IrText.ReadEncoding("cp rank=4"), Of(12, 8, 3, 3));
        for (var seed = 0; seed < 8; seed++)
        {
            var all = Numbers(seed, shape);
            var made = encoding.Multiplied(encoding.Encode(all, shape), shape);
            Assert.True(all.Zip(made, (a, m) => (a - m) * (double)(a - m)).Sum() < all.Sum(a => a * (double)a));
        }
    }

    [Fact]
    public void Structures_that_say_the_same_are_the_same() =>
        Assert.Equal(IrText.ReadEncoding("blockaffine outputs=3 inputs=2 terms=2"), (Blockaffine)IrText.ReadEncoding("blockaffine outputs=3 inputs=2 terms=4") with { Rank = 2 });

    /// <summary>Numbers of a group or block that are kept are those of the pattern; more directions than a dense product of the same bytes has.</summary>
    [Theory]
    [InlineData("dense_sparse 2:4 rank=24", 24 * 40 * 4 + 24 * 48 / 2 * 4 + 24 * 48 / 2 / 4)]
    public void A_dense_and_a_sparse_factor_find_what_is_made_of_them(string format, long bytes)
    {
        var encoding = (DenseSparse)IrText.ReadEncoding(format);
        var shape = Of(40, 48);
        Assert.Equal(bytes, encoding.Size(shape));
        float[] d = Numbers(1, Of(40, 24)), s = Numbers(2, Of(24, 48));
        var mask = new Sparse(encoding.Pattern).Mask(s, Of(24, 48));
        for (var i = 0; i < s.Length; i++) if (!mask[i]) s[i] = 0;
        var made = Made(encoding, [d, s], shape);
        double Off(Factored format) => made.Zip(format.Multiplied(format.Encode(made, shape), shape), (a, b) => ((double)a - b) * (a - b)).Sum() / made.Sum(n => (double)n * n);
        var dense = new Lowrank((bytes / (encoding.Inner is Dense { Kind: Scalar.F32 } ? 4 : 2)) / (40 + 48));
        Assert.True(Off(encoding) < 0.8 * Off(dense), $"{Off(encoding)} with {format}, {Off(dense)} with {dense}");
    }

    [Theory]
    [InlineData("dense_sparse 2:4 rank=8")]
    [InlineData("dense_sparse 4x1 rank=8 keep=0.4 (f16)")]
    [InlineData("cur rank=7")]
    [InlineData("cur rank=5 (f16) + i4 group=8")]
    [InlineData("blockaffine outputs=4 inputs=8 terms=2")]
    [InlineData("tt outputs=[4] inputs=[4] rank=4")]
    [InlineData("tt outputs=[2, 4] inputs=[4, 2] rank=3 (f16)")]
    [InlineData("tucker2 rank=5 inputs=3")]
    [InlineData("tucker2 rank=6")]
    [InlineData("cp rank=4")]
    [InlineData("tied rows=5")]
    [InlineData("tied rows=4 (f16) + i4 group=8")]
    public void Products_with_factors_are_products_with_the_weight(string format)
    {
        var served = 0;
        foreach (var layer in new[] { Product, Points, Image })
        {
            if (((Factored)IrText.ReadEncoding(format) with { Axis = layer.Use.Output, Input = layer.Use.Input }).Unserved(layer.Use.Weight.Type.Shape) is not null) continue;
            served++;
            var compilation = Factorized(layer, format, out var graph);
            Assert.Empty(compilation.Notes.All);
            var contracted = new Contract().Run(new(graph), new(new Machine("test"))).MustBeGraph;
            Assert.DoesNotContain(contracted.Weights, w => w.Type.Encoding is Factored);
            var (whole, parts) = (Interpreter.Run(graph, [layer.Runs[0]])[0].ToDoubles(), Interpreter.Run(contracted, [layer.Runs[0]])[0].ToDoubles());
            var most = whole.Max(Math.Abs);
            Assert.All(whole.Zip(parts), p => Assert.Equal(p.First, p.Second, 1e-5 * most));
        }
        Assert.True(served > 0);
    }

    [Theory]
    [InlineData("cur")]
    [InlineData("dense_sparse 2:4")]
    [InlineData("monarch blocks=4")]
    [InlineData("kronecker outputs=4 inputs=4")]
    [InlineData("blockaffine outputs=4 inputs=4")]
    [InlineData("tt outputs=[4, 2] inputs=[2, 4]")]
    [InlineData("tied")]
    [InlineData("tiled outputs=4")]
    [InlineData("hashed outputs=4")]
    public void A_share_of_bytes_chooses_any_rank(string format)
    {
        var compilation = Factorized(Product, $"{format} (f16)", out var graph, "size=0.2");
        var (loss, encoding) = (Assert.Single(compilation.Losses), (Ranked)graph.Weights.First(w => w.Name == "w").Type.Encoding);
        Assert.True(loss.BytesAfter <= 0.2 * loss.BytesBefore && (encoding with { Rank = encoding.Rank + 1 }).Size([48, 40]) > 0.2 * loss.BytesBefore, $"{encoding}: {loss.BytesAfter} of {loss.BytesBefore}");
    }

    [Theory]
    [InlineData("tt outputs=[7] inputs=[6] rank=1", "no multiples of 7 by 6")]
    [InlineData("blockaffine outputs=7 inputs=6 terms=1", "no multiples of 7 by 6")]
    [InlineData("cur rank=40", "at most 39")]
    [InlineData("dense_sparse 2:4 rank=41", "at most 40")]
    [InlineData("tucker2 rank=4", "has none")]
    [InlineData("cp rank=4", "has none")]
    [InlineData("tt outputs=[4] inputs=[4] rank=17", "at most 16")]
    [InlineData("cur rank=39", "would take")]
    [InlineData("tied rows=41", "at most 40")]
    [InlineData("tiled blocks=37", "[48, 40] in blocks of 16 by 4 has at most 36")]
    [InlineData("hashed blocks=36", "would take")]
    public void What_does_not_suit_a_weight_leaves_it_and_says_why(string format, string why)
    {
        var compilation = Factorized(Product, format, out _);
        Assert.Empty(compilation.Losses);
        Assert.Contains(why, Assert.Single(compilation.Notes.All).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dense_sparse 4x1 rank=32 keep=0.2 (f16)")]
    [InlineData("dense_sparse 2:4 rank=32 axis=1 input=0 (i8) + i4 axis=0 group=64")]
    [InlineData("cur rank=3 (f32)")]
    [InlineData("blockaffine outputs=8 inputs=8 terms=2 (f16)")]
    [InlineData("tt outputs=[8, 12] inputs=[8, 8] rank=16 (f16)")]
    [InlineData("tucker2 rank=24 inputs=16 (f32)")]
    [InlineData("cp rank=48 (bf16)")]
    [InlineData("tied rows=64 (i8)")]
    [InlineData("tiled blocks=512 outputs=32 inputs=8 (f16)")]
    [InlineData("hashed blocks=512 axis=1 input=0 (f16) + i4 axis=1 group=64")]
    public void Its_text_reads_back_equal(string text)
    {
        var format = IrText.ReadEncoding(text);
        Assert.Equal(text, format.ToString());
        Assert.Equal(format, IrText.ReadEncoding(format.ToString()));
    }

    [Theory]
    [InlineData("cur rank=0", "at least 1")]
    [InlineData("cp rank=-1", "at least 1")]
    [InlineData("tucker2 rank=2 inputs=0", "at least 1")]
    [InlineData("tt outputs=[2] inputs=[2, 2] rank=1", "1 digits of outputs")]
    [InlineData("tt outputs=[0] inputs=[2] rank=1", "digits of at least 1")]
    [InlineData("dense_sparse 2:4 rank=2 keep=0.0", "above 0")]
    [InlineData("blockaffine outputs=0 inputs=2 terms=1", "at least one row")]
    [InlineData("tied rows=0", "at least 1")]
    [InlineData("tiled blocks=2 outputs=0", "at least one output")]
    [InlineData("hashed blocks=2 inputs=0", "at least one input")]
    public void What_no_type_can_be_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => IrText.ReadEncoding(text)).Message, StringComparison.Ordinal);

    private static float[] Made(Factored format, Seq<float[]> factors, Seq<Expr> shape) => format.Multiplied(format.Pack(factors, [], shape), shape);

    private static Seq<Expr> Of(params int[] shape) => [.. shape.Select(extent => (Expr)extent)];

    private static float[] Numbers(int seed, Seq<Expr> shape)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, e) => a * e.Whole)).Select(_ => (float)(random.NextDouble() + random.NextDouble() - 1))];
    }

    private static void Near(float[] wanted, float[] got, double tolerance)
    {
        var most = wanted.Max(Math.Abs);
        Assert.Equal(wanted.Length, got.Length);
        Assert.All(wanted.Zip(got), p => Assert.Equal(p.First, p.Second, tolerance * most));
    }

    private static Compilation Factorized(ProductLayer layer, string format, out Graph graph, string options = "method=svd")
    {
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size);
        graph = PipelineReader.ReadLine($"factorize(weights=\"{format}\", {options})", "test").Passes[0].Run(new Module(layer.Graph), compilation).MustBeGraph;
        return compilation;
    }
}
