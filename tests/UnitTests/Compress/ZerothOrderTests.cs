using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Shares by what outputs lose: a weight that the outputs hardly hear gives up more, whatever its own outputs lose.</summary>
public sealed class ZerothOrderTests
{
    private readonly Random random = new(4);
    private readonly Value x = new("x", new([32, 32], Scalar.F32));
    private readonly Graph graph;

    public ZerothOrderTests()
    {
        var build = new GraphBuilder("g", x);
        var loud = build.Add("loud", new Relu(), build.Add("a", new MatMul(), x, Weight("u", 1)));
        var quiet = build.Add("quiet", new Mul(), build.Add("b", new MatMul(), x, Weight("v", 1)), new Value("c", new([1], Scalar.F32), [Bytes.Of<float>([0.05f])]));
        graph = build.Return(build.Add("y", new Add(), loud, quiet));
    }

    [Fact]
    public void What_outputs_hardly_hear_goes()
    {
        var data = Data();
        Dictionary<string, double> Kept(string allocate)
        {
            var compilation = new Compilation(new Machine("test")) { Watcher = (side, _) => [Statistics(side, data)] };
            var pruned = PipelineReader.ReadLine($"prune(pattern=unstructured, sparsity=0.5, allocate={allocate})", "test").Passes[0].Run(new Module(graph), compilation).MustBeGraph;
            return pruned.Weights.Where(w => w.Type.Encoding is Sparse).ToDictionary(w => w.Name, w => ((Sparse)w.Type.Encoding).Keep);
        }
        var (rd, zo) = (Kept("rd"), Kept("zo"));
        Assert.InRange(zo["u"] - zo["v"], 0.2, 1);
        Assert.InRange(rd["u"] - rd["v"], -0.15, 0.15);
        Assert.True(zo["u"] + zo["v"] <= 1 + 1e-9);
        Assert.Equal(zo, Kept("zo"));
    }

    [Fact]
    public void What_it_finds_is_what_random_signs_do()
    {
        // y = x·u alone: where all numbers have a random sign the output is as large as it was, so it is off by its own mean square.
        var build = new GraphBuilder("one", x);
        var one = build.Return(build.Add("y", new MatMul(), x, Weight("w", 1)));
        var data = Data();
        var layer = new PruneLayer(WeightUse.Of(one.Nodes[0]).Single(), one.Nodes[0].Operands[1]!.Planes[0].ToArray<float>(), null);
        Assert.InRange(ZerothOrder.Meaning(one, [layer], new(new Machine("test")) { Watcher = (side, _) => [Statistics(side, data)] })[0], 0.7, 1.4);
    }

    [Fact]
    public void Without_data_it_is_refused() =>
        Assert.Equal("LT3240", Assert.Throws<DiagnosticException>(() => PipelineReader.ReadLine("prune(pattern=unstructured, sparsity=0.5, allocate=zo)", "test").Passes[0].Run(new Module(graph), new(new Machine("test")))).Diagnostics[0].Code);

    private static Calibration Statistics(Graph graph, List<Tensor> data)
    {
        var axes = Observations.Of(graph);
        var observers = graph.Outputs.ToDictionary(v => v.Name, v => new ValueObserver(v.Name, axes[v]));
        foreach (var run in data) foreach (var (value, tensor) in graph.Outputs.Zip(Interpreter.Run(graph, [run]))) observers[value.Name].Add(tensor);
        return new("", "", data.Count, observers.ToDictionary(o => o.Key, o => o.Value.Result()!), new Dictionary<string, Gram>());
    }

    private List<Tensor> Data() => [.. Enumerable.Range(0, 12).Select(_ => Tensor.Of([32, 32], Numbers(32 * 32, 1)))];

    private Value Weight(string name, double size) => new(name, new([32, 32], Scalar.F32), [Bytes.Of<float>(Numbers(32 * 32, size))]);

    private float[] Numbers(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2 - 1) * size))];
}
