using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What dropping channels, heads and neurons promises: what goes together goes together, and what nothing reads any more is missed by nobody.</summary>
public sealed class StructuredPruningTests
{
    [Property(MaxTest = 40)]
    public void What_nothing_reads_can_be_dropped_from_any_graph(int seed)
    {
        var net = new ChannelNet(seed, open: seed % 2 == 0);
        var coupling = new Coupling(net.Graph);
        var random = new Random(seed);
        var gone = StructuralUnit.Families(net.Graph, coupling).SelectMany(family => family.Where((_, i) => i > 1 && random.Next(2) == 0)).ToList();
        // Readers that hold 0 for what goes.
        var zeroed = net.Graph.Map(value => value.IsWeight && gone.SelectMany(u => u.Readers).Where(r => r.Use.Weight == value).Select(r => r.Places).ToList() is { Count: > 0 } places ? Zeroed(value, places) : value);
        var anew = new Coupling(zeroed);
        var named = zeroed.Weights.ToDictionary(w => w.Name);
        var classes = gone.Select(u => anew.Class(named[u.Makers[0].Places.Value.Name], u.Makers[0].Places.Axis, u.Makers[0].Places.At[0])!.Value).ToHashSet();
        var narrow = new Narrowing(zeroed, anew, classes).Run();
        Assert.Empty(Verifier.Check(narrow));
        Assert.True(gone.Count == 0 || narrow.Weights.Sum(w => w.Type.Count) < zeroed.Weights.Sum(w => w.Type.Count));
        var image = net.Image();
        Near(Interpreter.Run(zeroed, [image])[0], Interpreter.Run(narrow, [image])[0]);
    }

    [Property(MaxTest = 10)]
    public void Nothing_gone_is_the_same_graph(int seed)
    {
        var net = new ChannelNet(seed);
        var same = new Narrowing(net.Graph, new(net.Graph), new HashSet<int>()).Run();
        Assert.Equal(net.Graph.Nodes, same.Nodes);
    }

    /// <summary>Whatever the graph, the pass finishes, every shape fits, and each family it names keeps its share.</summary>
    [Property(MaxTest = 15)]
    public void Any_graph_is_pruned_by_half(int seed)
    {
        var net = new ChannelNet(seed, open: seed % 2 == 0);
        var compilation = new Compilation(new Machine("test"));
        var pruned = Run(net.Graph, seed % 3 == 0 ? "heads" : "channels", compilation);
        Assert.Empty(Verifier.Check(pruned));
        Assert.Equal(net.Graph.Outputs[0].Type, pruned.Outputs[0].Type);
        Assert.DoesNotContain(compilation.Notes.All, note => note.Text.Contains("does not compute the same", StringComparison.Ordinal));
        Assert.NotEmpty(compilation.Losses);
        Interpreter.Run(pruned, [net.Image()]);
    }

    [Fact]
    public void Families_follow_residuals_concatenations_and_groups()
    {
        var x = new Value("x", new([1, 4, 5, 5], Scalar.F32));
        var build = new GraphBuilder("g", x);
        Value Conv(string name, Value from, int channels, int groups = 1) => build.Add(name, new Conv(Group: groups), from, Weight(name + ".w", channels, from.Type.Shape[1].Whole / groups, 1, 1));
        var (a, b) = (Conv("a", x, 8), Conv("b", x, 8));
        var sum = build.Add("sum", new Add(), a, b);
        var grouped = Conv("grouped", build.Add("relu", new Relu(), sum), 8, 2);
        var cat = build.Add("cat", new Concat(1), grouped, Conv("c", sum, 6));
        var graph = build.Return(Conv("last", cat, 3));
        var families = StructuralUnit.Families(graph, new(graph));
        // a and b with the grouped convolution between, by its two groups; c alone.
        Assert.Equal(["a.w b.w grouped.w | c.w last.w: 2", "c.w | last.w: 6"], families.Select(f => $"{Names(f[0].Makers)} | {Names(f[0].Readers)}: {f.Count}").Order(StringComparer.Ordinal));
        Assert.Equal([4, 4, 4], families.First(f => f.Count == 2)[0].Makers.Select(m => m.Places.At.Count));
        static string Names(Seq<(WeightUse Use, AxisPlaces Places)> uses) => string.Join(" ", uses.Select(u => u.Use.Weight.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Heads_go_with_queries_keys_and_values()
    {
        var families = Enumerable.Range(0, 12).Select(seed => new ChannelNet(seed).Graph).Select(graph => StructuralUnit.Families(graph, new(graph)).Where(f => f[0].Kind == UnitKind.Heads).ToList());
        Assert.All(families, heads =>
        {
            var family = Assert.Single(heads);
            Assert.Equal(4, family.Count);
            // Three rows for each of queries, keys and values; three columns of what joins heads.
            Assert.Equal(9, family[0].Makers.Sum(m => m.Places.At.Count));
            Assert.Equal(3, family[0].Readers.Sum(r => r.Places.At.Count));
        });
    }

    [Fact]
    public void What_a_norm_runs_over_stays()
    {
        var x = new Value("x", new([4, 6], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var y = build.Add("y", new MatMul(), x, Weight("v", 6, 8));
        var graph = build.Return(build.Add("z", new MatMul(), build.Add("norm", new LayerNormalization(), y, Weight("scale", 8)), Weight("w", 8, 3)));
        Assert.Empty(StructuralUnit.Families(graph, new(graph)));
    }

    [Theory]
    [InlineData("magnitude")]
    [InlineData("wanda")]
    public void What_is_left_takes_over(string method)
    {
        var hidden = new HiddenLayer();
        var (plain, solved, obs) = (hidden.Error($"method={method}"), hidden.Error($"method={method}, refine=reconstruct"), hidden.Error("method=obs"));
        Assert.True(solved.Measured < 0.7 * plain.Measured, $"{solved} against {plain}");
        Assert.True(obs.Measured < solved.Measured, $"{obs} against {solved}");
        // What the report says is what comes of it.
        Assert.All([plain, solved, obs], e => Assert.InRange(e.Measured, 0.8 * e.Reported, 1.25 * e.Reported));
    }

    private static Graph Run(Graph graph, string pattern, Compilation compilation) => PipelineReader.ReadLine($"prune(pattern={pattern}, sparsity=0.5)", "test").Passes[0].Run(new Module(graph), compilation).MustBeGraph;

    private static Value Weight(string name, params long[] shape) => new(name, new([.. shape.Select(d => (Expr)d)], Scalar.F32), [Bytes.Of<float>(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)Math.Sin(i + 1)).ToArray())]);

    private static Value Zeroed(Value weight, IReadOnlyList<AxisPlaces> places)
    {
        var numbers = weight.Planes[0].ToArray<float>();
        foreach (var some in places)
        {
            var stride = weight.Type.Shape.Skip(some.Axis + 1).Aggregate(1L, (size, e) => size * e.Whole);
            for (var i = 0; i < numbers.Length; i++) if (some.At.Contains((int)(i / stride % weight.Type.Shape[some.Axis].Whole))) numbers[i] = 0;
        }
        return new(weight.Name, weight.Type, [Bytes.Of<float>(numbers)]);
    }

    private static void Near(Tensor want, Tensor got)
    {
        Assert.Equal(want.Shape, got.Shape);
        var (x, y) = (want.ToDoubles(), got.ToDoubles());
        var bound = 1e-4 * Math.Max(1e-3, x.Max(Math.Abs));
        for (var i = 0; i < x.Length; i++) Assert.True(Math.Abs(x[i] - y[i]) <= bound, $"number {i}: {x[i]} before, {y[i]} after");
    }
}
