using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What leaving blocks out promises: the one that adds least goes, and the sum is off by what the report says, of other data too.</summary>
public sealed class DropBlocksTests
{
    private readonly Random random = new(9);
    private readonly Value x = new("x", new([64, 16], Scalar.F32));
    private readonly Graph graph;

    /// <summary>Three blocks of two products and a relu; the second adds least.</summary>
    public DropBlocksTests()
    {
        var build = new GraphBuilder("g", x);
        var stream = x;
        foreach (var (i, size) in new[] { 1.0, 0.1, 0.7 }.Index())
        {
            var hidden = build.Add($"h{i}", new Relu(), build.Add($"a{i}", new MatMul(), stream, Weight($"u{i}", 16, 24, 0.4)));
            stream = build.Add($"s{i}", new Add(), stream, build.Add($"b{i}", new MatMul(), hidden, Weight($"v{i}", 24, 16, 0.4 * size)));
        }
        graph = build.Return(stream);
    }

    [Fact]
    public void Blocks_are_sums_that_nothing_else_looks_into()
    {
        Assert.Equal(["s0: a0 h0 b0", "s1: a1 h1 b1", "s2: a2 h2 b2"], ResidualBlock.Of(graph).Select(Text));
        // What is inside is an output too: it cannot go.
        Assert.Equal(["s0: a0 h0 b0", "s2: a2 h2 b2"], ResidualBlock.Of(graph with { Outputs = [.. graph.Outputs, graph.Nodes.First(n => n.Result.Name == "h1").Result] }).Select(Text));
        static string Text(ResidualBlock block) => $"{block.Sum.Result.Name}: {string.Join(" ", block.Steps.Select(s => s.Result.Name))}";
    }

    [Fact]
    public void The_block_that_adds_least_goes_and_the_sum_is_off_by_what_is_said()
    {
        var (seen, unseen) = (Data(), Data());
        var compilation = new Compilation(new Machine("test")) { Calibration = Statistics(graph, seen), Watcher = (side, _) => [Statistics(side, seen), Statistics(side, unseen)] };
        var shorter = new DropBlocks(1).Run(new Module(graph), compilation).MustBeGraph;
        Assert.DoesNotContain("u1", shorter.Weights.Select(w => w.Name));
        Assert.Contains("u0", shorter.Weights.Select(w => w.Name));
        Assert.Empty(Verifier.Check(shorter));
        Assert.Contains("the block of 3 steps that adds %b1 is left out", compilation.Notes.Of("s1").Single().Text, StringComparison.Ordinal);
        // Predicted of the sum, and of the output: both hold of data that nothing was chosen by.
        var sum = graph with { Outputs = [graph.Nodes.First(n => n.Result.Name == "s1").Result] };
        var (predicted, output) = (Number(compilation.Notes.Of("s1").Single().Text), Number(compilation.Notes.Of("s2").Single(n => n.Pass == "drop_blocks").Text));
        Assert.InRange(Off(sum, new DropBlocks(1).Run(new Module(sum with { Nodes = sum.Nodes[..8] }), new(new Machine("test")) { Calibration = Statistics(sum, seen) }).MustBeGraph, unseen), 0.8 * predicted, 1.25 * predicted);
        Assert.InRange(Off(graph, shorter, unseen), 0.8 * output, 1.25 * output);
        static double Number(string text) => double.Parse(text.Split("off by ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(0, "LT3235")]
    [InlineData(4, "LT3236")]
    public void What_cannot_go_is_said(int count, string code) =>
        Assert.Equal(code, Assert.Throws<DiagnosticException>(() => new DropBlocks(count).Run(new Module(graph), new(new Machine("test")) { Calibration = Statistics(graph, Data()) })).Diagnostics[0].Code);

    private static double Off(Graph before, Graph after, List<Tensor> data)
    {
        var (off, whole) = (0.0, 0.0);
        foreach (var run in data) foreach (var (a, b) in Interpreter.Run(before, [run])[0].ToDoubles().Zip(Interpreter.Run(after, [run])[0].ToDoubles())) (off, whole) = (off + (a - b) * (a - b), whole + a * a);
        return off / whole;
    }

    private static Calibration Statistics(Graph graph, List<Tensor> data)
    {
        var axes = Observations.Of(graph);
        Graph all = Observations.Beside(graph, axes.Keys);
        var observers = axes.ToDictionary(a => a.Key.Name, a => new ValueObserver(a.Key.Name, a.Value));
        foreach (var run in data)
        {
            observers["x"].Add(run);
            foreach (var (value, tensor) in all.Outputs.Zip(Interpreter.Run(all, [run]))) observers[value.Name].Add(tensor);
        }
        return new("", "", data.Count, observers.ToDictionary(o => o.Key, o => o.Value.Result()!), new Dictionary<string, Gram>());
    }

    private List<Tensor> Data() => [.. Enumerable.Range(0, 20).Select(_ => Tensor.Of([64, 16], Numbers(64 * 16, 1)))];

    private Value Weight(string name, int rows, int columns, double size) => new(name, new([rows, columns], Scalar.F32), [Bytes.Of<float>(Numbers(rows * columns, size))]);

    private float[] Numbers(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2 - 1) * size))];
}
