using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What factorizing promises: the size that the rank says, nothing lost at full rank, the spectrum's loss below it, and less of the output where data shows what counts.</summary>
public sealed class FactorizeTests
{
    private static readonly ProductLayer Product = new(new MatMul(), [64, 48], [48, 40], runs: 12);
    private static readonly ProductLayer Wide = new(new MatMul(), [64, 24], [24, 60], runs: 12);
    private static readonly ProductLayer Image = new(new Conv(Pads: [1, 1, 1, 1]), [1, 8, 6, 6], [12, 8, 3, 3], runs: 12);

    private static readonly ProductLayer Points = new(new Conv(), [2, 16, 5, 5], [24, 16, 1, 1], runs: 12);

    private static (Value Weight, LayerLoss Loss) Factorized(string options, ProductLayer? layer = null)
    {
        layer ??= Product;
        var compilation = Compile(layer, options, out var graph);
        return (graph.Nodes[0].Operands[1]!, Assert.Single(compilation.Losses));
    }

    private static Compilation Compile(ProductLayer layer, string options, out Graph graph)
    {
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size) { Calibration = layer.Calibration };
        graph = PipelineReader.ReadLine($"factorize({options})", "test").Passes[0].Run(new Module(layer.Graph), compilation).MustBeGraph;
        return compilation;
    }

    private static double Off(ProductLayer layer, Value weight) => layer.Numbers.Zip(Decoded.Of(weight), (a, b) => ((double)a - b) * (a - b)).Sum();

    [Theory]
    [InlineData("lowrank rank=5", (48 + 40) * 5 * 4)]
    [InlineData("lowrank rank=5 (f16)", (48 + 40) * 5 * 2)]
    [InlineData("lowrank rank=6 (i8)", (48 + 40) * 6 + (40 + 6) * 4)]
    [InlineData("lowrank rank=3 (f16) + i4 group=16 scales=f16", (48 + 40) * 3 * 2 + 48 * 40 / 2 + 48 * 40 / 16 * 2)]
    public void It_takes_the_bytes_of_its_factors(string format, long bytes)
    {
        var (weight, loss) = Factorized($"weights=\"{format}\"");
        Assert.Equal(bytes, weight.Planes.Sum(p => p.Length));
        Assert.Equal(bytes, loss.BytesAfter);
    }

    [Fact]
    public void A_weight_of_low_rank_is_kept_exactly()
    {
        var random = new Random(3);
        float[] Random(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        var (u, v) = (Random(40 * 4), Random(4 * 48));
        float[] product = [.. Enumerable.Range(0, 48 * 40).Select(i => Enumerable.Range(0, 4).Sum(r => u[i % 40 * 4 + r] * v[r * 48 + i / 40]))];
        var x = new Value("x", new([64, 48], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var graph = build.Return(build.Add("y", new MatMul(), x, new Value("w", new([48, 40], Scalar.F32), [Bytes.Of<float>(product)])));
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size);
        var weight = PipelineReader.ReadLine("factorize(energy=0.999999)", "test").Passes[0].Run(new Module(graph), compilation).MustBeGraph.Nodes[0].Operands[1]!;
        Assert.Equal(4, ((Lowrank)weight.Type.Encoding).Rank);
        Assert.All(product.Zip(Decoded.Of(weight)), p => Assert.Equal(p.First, p.Second, 1e-6f));
    }

    [Theory]
    [InlineData("svd")]
    [InlineData("afm")]
    public void Full_rank_loses_nothing(string method)
    {
        foreach (var layer in new[] { Product, Wide })
        {
            var use = layer.Use;
            var spectrum = Spectrum(layer, method == "afm");
            var (u, v) = spectrum.Factors(spectrum.Full);
            var (rows, columns) = ((int)use.Weight.Type.Shape[1].Whole, (int)use.Weight.Type.Shape[0].Whole);
            for (var o = 0; o < rows; o++)
                for (var i = 0; i < columns; i++) Assert.Equal(layer.Numbers[i * rows + o], Enumerable.Range(0, spectrum.Full).Sum(r => u[o * spectrum.Full + r] * v[r * columns + i]), 1e-9);
        }
    }

    private static Spectrum Spectrum(ProductLayer layer, bool aware)
    {
        var pruned = new PruneLayer(layer.Use, layer.Numbers, layer.Calibration);
        var (rows, columns) = (pruned.Matrix.Rows, pruned.Matrix.Columns);
        return new(pruned.Rows([.. Enumerable.Range(0, rows)], place => layer.Numbers[place]), rows, columns, aware ? pruned.Hessian(0) : null);
    }

    [Fact]
    public void What_is_lost_is_what_the_spectrum_says()
    {
        foreach (var layer in new[] { Product, Wide })
            foreach (var rank in new[] { 1, 7 })
            {
                var plain = Spectrum(layer, aware: false);
                Assert.Equal(plain.Energies.Skip(rank).Sum(), Off(layer, Factorized($"weights=\"lowrank rank={rank}\"", layer).Weight), 1e-4);
                var aware = Spectrum(layer, aware: true);
                Assert.Equal(aware.Energies.Skip(rank).Sum() / aware.Energies.Sum(), Factorized($"weights=\"lowrank rank={rank}\", method=afm, damping=0", layer).Loss.OutputError!.Value, 1e-6);
            }
    }

    [Fact]
    public void Going_by_data_moves_the_output_less()
    {
        foreach (var layer in new[] { Product, Wide, Image })
        {
            var (svd, afm) = (Factorized("weights=\"lowrank rank=5\"", layer).Loss.OutputError, Factorized("weights=\"lowrank rank=5\", method=afm", layer).Loss.OutputError);
            Assert.True(afm < 0.8 * svd, $"{afm} by data, {svd} without");
        }
    }

    [Fact]
    public void The_share_of_bytes_and_the_energy_choose_the_rank()
    {
        Assert.Equal((int)(0.4 * 48 * 40 / (48 + 40)), ((Lowrank)Factorized("size=0.4").Weight.Type.Encoding).Rank);
        var spectrum = Spectrum(Product, aware: false);
        var rank = (int)((Lowrank)Factorized("energy=0.7").Weight.Type.Encoding).Rank!;
        Assert.True(spectrum.Energies.Take(rank).Sum() >= 0.7 * spectrum.Energies.Sum() && spectrum.Energies.Take(rank - 1).Sum() < 0.7 * spectrum.Energies.Sum());
        Assert.InRange((long)((Lowrank)Factorized("knee=true").Weight.Type.Encoding).Rank!, 1, 20);
    }

    [Fact]
    public void Factors_win_back_what_codes_lose_and_turns_win_more()
    {
        double Error(string options) => Factorized(options).Loss.OutputError!.Value;
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size) { Calibration = Product.Calibration };
        PipelineReader.ReadLine("quantize(weights=\"i3 group=16\")", "test").Passes[0].Run(new Module(Product.Graph), compilation);
        var codes = Assert.Single(compilation.Losses).OutputError!.Value;
        var (lorc, eora, turns) = (Error("weights=\"lowrank rank=6 (f16) + i3 group=16\""), Error("weights=\"lowrank rank=6 (f16) + i3 group=16\", method=afm"), Error("weights=\"lowrank rank=6 (f16) + i3 group=16\", method=afm, alternate=6"));
        Assert.True(lorc < 0.9 * codes, $"lorc {lorc}, codes {codes}");
        Assert.True(eora < 0.9 * lorc, $"eora {eora}, lorc {lorc}");
        Assert.True(turns < eora, $"in turns {turns}, once {eora}");
    }

    [Theory]
    [InlineData("quantize(weights=\"i3 group=16\")")]
    [InlineData("prune(pattern=2:4, weights=\"i4 group=16\")")]
    [InlineData("quantize(weights=\"bf16\")")]
    public void What_another_pass_lost_is_made_up_for(string pass)
    {
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size) { Calibration = Product.Calibration };
        var module = PipelineReader.ReadLine(pass, "test").Passes[0].Run(new Module(Product.Graph), compilation);
        var before = module.MustBeGraph.Nodes[0].Operands[1]!;
        var after = PipelineReader.ReadLine("factorize(weights=\"lowrank rank=4 (f16)\", method=afm)", "test").Passes[0].Run(module, compilation).MustBeGraph.Nodes[0].Operands[1]!;
        // The rest is what was there, byte by byte.
        Assert.Equal(before.Planes, after.Planes.Skip(after.Planes.Count - before.Planes.Count));
        double Error(Value weight) => new PruneLayer(Product.Use, Product.Numbers, Product.Calibration).OutputError(Decoded.Of(weight))!.Value;
        Assert.True(Error(after) < 0.8 * Error(before), $"{Error(after)} after, {Error(before)} before");
    }

    [Theory]
    [InlineData("lowrank rank=4")]
    [InlineData("lowrank rank=4 (f16) + i4 group=8")]
    [InlineData("lowrank rank=4 (f16) + sparse 2:4 (i4 group=16)")]
    [InlineData("lowrank rank=4 (i8)")]
    [InlineData("monarch blocks=4 rank=2")]
    [InlineData("monarch blocks=2 rank=3 (f16) + i4 group=8")]
    [InlineData("kronecker outputs=4 inputs=8 terms=3")]
    public void Products_with_factors_are_products_with_the_weight(string format)
    {
        foreach (var layer in new[] { Product, Points, Image }.Where(layer => ((Factored)IrText.ReadEncoding(format) with { Axis = layer.Use.Output, Input = layer.Use.Input }).Unserved(layer.Use.Weight.Type.Shape) is null))
        {
            Compile(layer, $"weights=\"{format}\"", out var graph);
            var contracted = new Contract().Run(new(graph), new(new Machine("test"))).MustBeGraph;
            Assert.DoesNotContain(contracted.Weights, w => w.Type.Encoding is Factored);
            Assert.Same(graph.Outputs[0], contracted.Outputs[0]);
            var (whole, parts) = (Interpreter.Run(graph, [layer.Runs[0]])[0].ToDoubles(), Interpreter.Run(contracted, [layer.Runs[0]])[0].ToDoubles());
            var most = whole.Max(Math.Abs);
            Assert.All(whole.Zip(parts), p => Assert.Equal(p.First, p.Second, 1e-5 * most));
        }
    }

    [Theory]
    [InlineData("monarch blocks=1 rank=5", "lowrank rank=5")]
    [InlineData("kronecker outputs=40 inputs=1 terms=5", "lowrank rank=5")]
    public void The_simplest_of_a_structure_is_a_matrix_of_low_rank(string one, string other) =>
        Assert.Equal(Factorized($"weights=\"{other}\"").Loss.Error, Factorized($"weights=\"{one}\"").Loss.Error, 1e-6);

    [Theory]
    [InlineData("monarch blocks=4 rank=1")]
    [InlineData("kronecker outputs=5 inputs=6 terms=2")]
    public void What_has_the_structure_is_kept_exactly(string format)
    {
        var once = Decoded.Of(Factorized($"weights=\"{format}\"").Weight);
        var encoding = (Factored)Factorized($"weights=\"{format}\"").Weight.Type.Encoding;
        var again = encoding.Multiplied(encoding.Encode(once, [48, 40]), [48, 40]);
        Assert.All(once.Zip(again), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Theory]
    [InlineData("monarch blocks=5 rank=1", "no 5 bands")]
    [InlineData("monarch blocks=4 rank=11", "at most 10")]
    [InlineData("kronecker outputs=7 inputs=6 terms=1", "no multiples of 7 by 6")]
    public void A_structure_that_does_not_divide_the_weight_stays_away(string format, string why)
    {
        var compilation = Compile(Product, $"weights=\"{format}\"", out _);
        Assert.Empty(compilation.Losses);
        Assert.Contains(why, Assert.Single(compilation.Notes.All).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_is_no_matrix() => Assert.Contains("is for matrices", Assert.Single(Compile(Image, "weights=\"monarch blocks=4 rank=1\"", out _).Notes.All).Text, StringComparison.Ordinal);

    [Fact]
    public void A_bias_is_added_once_and_groups_of_a_convolution_stay()
    {
        var random = new Random(9);
        Value Weight(string name, params Seq<Expr> shape) => new(name, new(shape, Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, e) => a * e.Whole)).Select(_ => (float)random.NextDouble() - 0.5f)])]);
        var x = new Value("x", new([2, 16, 5, 5], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var first = build.Add("a", new Conv(Pads: [1, 1, 1, 1]), x, Weight("w", 12, 16, 3, 3), Weight("b", 12));
        var graph = build.Return(build.Add("y", new Conv(Group: 2), first, Weight("v", 24, 6, 1, 1), Weight("c", 24)));
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size);
        var made = PipelineReader.ReadLine("factorize(weights=\"lowrank rank=3\")", "test").Passes[0].Run(new(graph), compilation).MustBeGraph;
        Assert.Equal("a", Assert.Single(compilation.Losses).Node);
        Assert.Contains(compilation.Notes.All, n => n.Node == "y" && n.Text.Contains("@v stays f32", StringComparison.Ordinal));
        var contracted = new Contract().Run(new(made), compilation).MustBeGraph;
        var input = Tensor.Of([2, 16, 5, 5], [.. Enumerable.Range(0, 800).Select(_ => (float)random.NextDouble())]);
        Assert.All(Interpreter.Run(made, [input])[0].ToDoubles().Zip(Interpreter.Run(contracted, [input])[0].ToDoubles()), p => Assert.Equal(p.First, p.Second, 1e-4));
    }

    [Theory]
    [InlineData("", "LT3242")]
    [InlineData("weights=\"lowrank rank=4\", size=0.5", "LT3242")]
    [InlineData("energy=1.5", "LT3243")]
    [InlineData("size=1", "LT3243")]
    [InlineData("energy=0.5, alternate=2", "LT3244")]
    [InlineData("weights=\"i8\"", "LT3241")]
    public void What_says_nothing_or_too_much_is_refused(string options, string code) =>
        Assert.Equal(code, Assert.Throws<DiagnosticException>(() => Compile(Product, options, out _)).Diagnostics[0].Code);

    [Theory]
    [InlineData("weights=\"lowrank rank=41\"", "has at most 40")]
    [InlineData("weights=\"lowrank rank=30\"", "would take")]
    [InlineData("size=0.01", "at rank 1")]
    public void What_would_not_be_smaller_stays_and_says_why(string options, string why)
    {
        var compilation = Compile(Product, options, out var graph);
        Assert.Empty(compilation.Losses);
        Assert.Same(Product.Graph.Nodes[0].Operands[1], graph.Nodes[0].Operands[1]);
        Assert.Contains(why, Assert.Single(compilation.Notes.All).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_by_data_says_what_takes_its_place_without()
    {
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size);
        PipelineReader.ReadLine("factorize(weights=\"lowrank rank=3 (f32) + i4 group=8\", method=afm, rounding=gptq)", "test").Passes[0].Run(new(Product.Graph), compilation);
        Assert.Contains(compilation.Notes.All, n => n.Text.Contains("afm has nothing to go by, factors are by svd; gptq has nothing to go by, the rest is rounded to nearest", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lowrank rank=32 (f16) + i4 group=64")]
    [InlineData("lowrank rank=3 axis=1 input=0 (i4 group=32) + sparse 2:4 axis=1 input=0 (i8 axis=1)")]
    [InlineData("lowrank rank=1 (f32)")]
    public void Its_text_reads_back_equal(string text)
    {
        var format = IrText.ReadEncoding(text);
        Assert.Equal(text, format.ToString());
        Assert.Equal(format, IrText.ReadEncoding(format.ToString()));
    }

    [Theory]
    [InlineData("lowrank rank=0 (f16)", "at least 1")]
    [InlineData("lowrank rank=2 (i64)", "cannot be stored as i64")]
    [InlineData("lowrank rank=2 (f32) + f32", "cannot be stored as f32")]
    [InlineData("u4 + i4 group=8", "has no format of what it leaves")]
    public void What_no_type_can_be_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => IrText.ReadEncoding(text)).Message, StringComparison.Ordinal);
}
