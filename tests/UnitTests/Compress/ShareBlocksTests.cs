using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What sharing promises: blocks that are most alike have one set of matrices, and the sum is off by what the report says, of other data too.</summary>
public sealed class ShareBlocksTests
{
    private readonly Random random = new(11);
    private readonly Value x = new("x", new([64, 16], Scalar.F32));
    private readonly Graph graph;

    /// <summary>Four blocks of two products and a relu; the third is nearly twice the second, and the last has another width.</summary>
    public ShareBlocksTests()
    {
        var build = new GraphBuilder("g", x);
        var (stream, u, v) = (x, Numbers(16 * 24, 0.3), Numbers(24 * 16, 0.3));
        foreach (var (i, size) in new[] { 24, 24, 24, 20 }.Index())
        {
            var (first, second) = i switch { 1 => (u, v), 2 => (Near(u, 1), Near(v, 2)), _ => (Numbers(16 * size, 0.3), Numbers(size * 16, 0.3)) };
            var hidden = build.Add($"h{i}", new Relu(), build.Add($"a{i}", new Add(), build.Add($"p{i}", new MatMul(), stream, Weight($"u{i}", 16, size, first)), new Value($"c{i}", new([size], Scalar.F32), [Bytes.Of<float>(Numbers(size, 0.1))])));
            stream = build.Add($"s{i}", new Add(), stream, build.Add($"b{i}", new MatMul(), hidden, Weight($"v{i}", size, 16, second)));
        }
        graph = build.Return(stream);
    }

    [Fact]
    public void A_block_is_paired_with_the_next_of_its_structure() =>
        Assert.Equal(["b1 for b0: u1 v1", "b0 for b1: u0 v0", "b2 for b1: u2 v2", "b1 for b2: u1 v1"], BlockPair.Of([.. ResidualBlock.Of(graph)]).Select(p => $"{p.Giver.Branch.Name} for {p.Taker.Branch.Name}: {string.Join(' ', p.Matrices.Values.Select(v => v.Name))}"));

    [Fact]
    public void The_blocks_most_alike_share_and_the_sum_is_off_by_what_is_said()
    {
        var (seen, unseen) = (Data(), Data());
        var compilation = new Compilation(new Machine("test")) { Watcher = (side, values) => [Statistics(side, values, seen), Statistics(side, values, unseen)] };
        var shared = new ShareBlocks(1).Run(new Module(graph), compilation).MustBeGraph;
        Assert.Empty(Verifier.Check(shared));
        var gone = graph.Weights.Select(w => w.Name).Except(shared.Weights.Select(w => w.Name)).ToList();
        Assert.True(gone is ["u1", "v1"] or ["u2", "v2"], string.Join(' ', gone));
        // The vector stays the block's own.
        Assert.Contains("c" + gone[0][1..], shared.Weights.Select(w => w.Name));
        var sum = "s" + gone[0][1..];
        var predicted = Number(compilation.Notes.Of(sum).Single(n => n.Text.Contains("are those of the block", StringComparison.Ordinal)).Text);
        Assert.InRange(predicted, 1e-7, 1e-2);
        Graph At(Graph g) => g with { Outputs = [g.Nodes.First(n => n.Result.Name == sum).Result] };
        Assert.InRange(Off(At(graph), At(shared), unseen), 0.7 * predicted, 1.4 * predicted);
        Assert.InRange(Off(graph, shared, unseen), 0.7 * Number(compilation.Notes.Of("s3").Single().Text), 1.4 * Number(compilation.Notes.Of("s3").Single().Text));
        static double Number(string text) => double.Parse(text.Split("off by ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(0, "LT3235")]
    [InlineData(3, "LT3236")]
    public void What_cannot_be_shared_is_said(int count, string code) =>
        Assert.Equal(code, Assert.Throws<DiagnosticException>(() => new ShareBlocks(count).Run(new Module(graph), new(new Machine("test")) { Watcher = (side, values) => [Statistics(side, values, Data())] })).Diagnostics[0].Code);

    [Fact]
    public void Without_data_nothing_is_shared() =>
        Assert.Equal("LT3235", Assert.Throws<DiagnosticException>(() => new ShareBlocks(1).Run(new Module(graph), new(new Machine("test")))).Diagnostics[0].Code);

    private static double Off(Graph before, Graph after, List<Tensor> data)
    {
        var (off, whole) = (0.0, 0.0);
        foreach (var run in data) foreach (var (a, b) in Interpreter.Run(before, [run])[0].ToDoubles().Zip(Interpreter.Run(after, [run])[0].ToDoubles())) (off, whole) = (off + (a - b) * (a - b), whole + a * a);
        return off / whole;
    }

    private static Calibration Statistics(Graph graph, IReadOnlyCollection<Value> values, List<Tensor> data)
    {
        var axes = Observations.Of(graph).Where(a => values.Contains(a.Key)).ToList();
        Graph all = Observations.Beside(graph, values);
        var observers = axes.ToDictionary(a => a.Key.Name, a => new ValueObserver(a.Key.Name, a.Value));
        foreach (var run in data)
            foreach (var (value, tensor) in all.Outputs.Zip(Interpreter.Run(all, [run]))) if (observers.TryGetValue(value.Name, out var observer)) observer.Add(tensor);
        return new("", "", data.Count, observers.ToDictionary(o => o.Key, o => o.Value.Result()!), new Dictionary<string, Gram>());
    }

    private List<Tensor> Data() => [.. Enumerable.Range(0, 20).Select(_ => Tensor.Of([64, 16], Numbers(64 * 16, 1)))];

    private static Value Weight(string name, int rows, int columns, float[] numbers) => new(name, new([rows, columns], Scalar.F32), [Bytes.Of<float>(numbers)]);

    private float[] Near(float[] numbers, float factor) => [.. numbers.Zip(Numbers(numbers.Length, 0.02), (a, b) => a * factor + b)];

    private float[] Numbers(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2 - 1) * size))];
}
