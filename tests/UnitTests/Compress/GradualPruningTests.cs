using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What steps promise: the schedule, data run anew between, as many numbers in the end; where the PQ index says stop, no more go. And every pattern with every way to choose.</summary>
public sealed class GradualPruningTests
{
    private static readonly ProductLayer Product = new(new MatMul(), [64, 48], [48, 40], runs: 12);

    private static (float[] Numbers, Compilation Compilation, List<Graph> Seen) Pruned(string pass, ProductLayer product)
    {
        var seen = new List<Graph>();
        var compilation = new Compilation(new Machine("test"))
        {
            Calibration = product.Calibration,
            Watcher = (graph, values) =>
            {
                Assert.Equal(["x"], values.Select(v => v.Name));
                seen.Add(graph);
                return [product.Calibration];
            },
        };
        var module = PipelineReader.ReadLine(pass, "test").Passes[0].Run(new Module(product.Graph), compilation);
        return (Decoded.Of(module.MustBeGraph.Nodes[0].Operands[1]!), compilation, seen);
    }

    [Fact]
    public void Steps_follow_the_cubic_schedule()
    {
        // s_f + (s_i - s_f)(1 - t/T)³ with s_i = 0 and s_f = 0.8.
        for (var t = 1; t <= 4; t++) Assert.Equal(1 - (0.8 + (0 - 0.8) * Math.Pow(1 - t / 4.0, 3)), GradualPruning.Kept(0.2, t, 4), 12);
    }

    [Theory]
    [InlineData("wanda", 3)]
    [InlineData("obs", 3)]
    [InlineData("magnitude", 0)]
    public void Data_runs_between_steps_and_as_many_are_kept(string method, int runs)
    {
        var (numbers, compilation, seen) = Pruned($"prune(pattern=unstructured, sparsity=0.8, method={method}, steps=4)", Product);
        Assert.Equal(384, numbers.Count(n => n != 0));
        Assert.Equal(runs, seen.Count);
        // 1920 numbers: fewer of them before each run.
        Assert.Equal(new[] { 1032, 576, 408 }.Take(runs), seen.Select(g => g.Weights.First().Planes[0].ToArray<float>().Count(n => n != 0)));
        Assert.Contains("in 4 steps", Assert.Single(compilation.Losses).Method, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bound_is_that_of_the_paper()
    {
        // r ≥ d·(1 - I)^(pq / (q - p)), I = 1 - d^(1/q - 1/p)·|w|p / |w|q, for p = 1 and q = 2; zeros do not count.
        float[] w = [3, -1, 0.5f, 0, 0.25f, -2, 0];
        double[] left = [.. w.Where(n => n != 0).Select(n => (double)n)];
        var index = 1 - Math.Pow(left.Length, 0.5 - 1) * left.Sum(Math.Abs) / Math.Sqrt(left.Sum(n => n * n));
        Assert.Equal(Math.Pow(1 - index, 1 * 2 / (2.0 - 1)), GradualPruning.Least(w), 12);
        Assert.Equal(1, GradualPruning.Least([1, -1, 1, 0]), 12);
    }

    [Fact]
    public void Numbers_of_one_size_stay_and_it_is_said()
    {
        var random = new Random(2);
        var level = Graph([.. Enumerable.Range(0, 64 * 64).Select(_ => random.Next(2) * 2 - 1f)]);
        var compilation = new Compilation(new Machine("test"));
        var after = PipelineReader.ReadLine("prune(pattern=unstructured, sparsity=0.8, stop=pqi, steps=3)", "test").Passes[0].Run(new Module(level), compilation).MustBeGraph;
        Assert.IsType<Dense>(after.Weights.First().Type.Encoding);
        Assert.Contains(compilation.Notes.All, n => n.Text.Contains("instead of 0.200: what is left is of nearly one size", StringComparison.Ordinal));
        // Few large ones among many small: all goes that was asked for.
        var heavy = Graph([.. Enumerable.Range(0, 64 * 64).Select(i => (float)Math.Pow(random.NextDouble(), 20))]);
        after = PipelineReader.ReadLine("prune(pattern=unstructured, sparsity=0.8, stop=pqi, steps=3)", "test").Passes[0].Run(new Module(heavy), new(new Machine("test"))).MustBeGraph;
        Assert.Equal(819, Decoded.Of(after.Weights.First()).Count(n => n != 0), 2.0);
    }

    [Theory]
    [InlineData("pattern=unstructured, sparsity=0.5, steps=0", "LT3231")]
    [InlineData("pattern=2:4, steps=2", "LT3232")]
    [InlineData("pattern=channels, sparsity=0.5, stop=pqi", "LT3232")]
    [InlineData("pattern=unstructured, sparsity=0.5, method=wanda, steps=2", "LT3240")]
    public void What_has_no_steps_is_refused(string options, string code) =>
        Assert.Equal(code, Assert.Throws<DiagnosticException>(() => PipelineReader.ReadLine($"prune({options})", "test").Passes[0].Run(new Module(Product.Graph), new(new Machine("test")) { Calibration = Product.Calibration })).Diagnostics[0].Code);

    [Fact]
    public void Every_pattern_goes_with_every_way_to_choose()
    {
        foreach (var pattern in new[] { "unstructured", "4x1", "8x1", "16x1", "4x4", "4x2", "1x8", "2:4", "1:4", "2:8", "4:8" })
            foreach (var method in Enum.GetValues<PruneMethod>())
                foreach (var more in new[] { "", ", allocate=rd", ", weights=\"i8\"", ", weights=\"f16\"", ", steps=2", ", refine=dsnot", ", stop=pqi, steps=2" })
                {
                    var groups = pattern.Contains(':', StringComparison.Ordinal);
                    var pass = $"prune(pattern={pattern}{(groups ? "" : ", sparsity=0.75")}, method={RecordText.Show(method)}{more})";
                    var refused = groups && more.Contains("steps", StringComparison.Ordinal) || more == ", refine=dsnot" && (pattern != "unstructured" || method == PruneMethod.Obs);
                    if (refused)
                    {
                        Assert.Equal("LT3232", Assert.Throws<DiagnosticException>(() => Pruned(pass, Product)).Diagnostics[0].Code);
                        continue;
                    }
                    var numbers = Pruned(pass, Product).Numbers;
                    if (groups) Assert.All(Groups(numbers, int.Parse(pattern[2..], CultureInfo.InvariantCulture)), kept => Assert.True(kept <= pattern[0] - '0', pass));
                    else if (!more.Contains("pqi", StringComparison.Ordinal))
                    {
                        // A quarter of the blocks, those that reach over the edge among them.
                        var block = pattern == "unstructured" ? new BlockPattern(1, 1) : (BlockPattern)SparsePattern.Parse(pattern);
                        var most = Math.Round((40 + block.Outputs - 1) / block.Outputs * (48 / block.Inputs) * 0.25) * block.Size;
                        Assert.True(numbers.Count(n => n != 0) <= most, $"{pass}: {numbers.Count(n => n != 0)}, not {most}");
                    }
                    Assert.Contains(numbers, n => n != 0);
                }
    }

    private static IEnumerable<int> Groups(float[] numbers, int of) => Enumerable.Range(0, 40).SelectMany(o => Enumerable.Range(0, 48 / of).Select(g => Enumerable.Range(g * of, of).Count(i => numbers[i * 40 + o] != 0)));

    private static Graph Graph(float[] numbers)
    {
        var x = new Value("x", new([8, 64], Scalar.F32));
        var build = new GraphBuilder("g", x);
        return build.Return(build.Add("y", new MatMul(), x, new Value("w", new([64, 64], Scalar.F32), [Bytes.Of<float>(numbers)])));
    }
}
