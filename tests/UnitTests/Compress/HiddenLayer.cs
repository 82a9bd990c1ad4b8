using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Two products with a relu between, and data for them whose channels go together in part.</summary>
internal sealed class HiddenLayer
{
    private readonly Random random = new(3);
    private readonly Graph graph;
    private readonly Value hidden;
    private readonly float[] mix;
    private readonly List<Tensor> seen, unseen;

    public HiddenLayer(int rows = 64, int inputs = 12, int neurons = 32, int outputs = 10)
    {
        var x = new Value("x", new([rows, inputs], Scalar.F32));
        var build = new GraphBuilder("g", x);
        hidden = build.Add("h", new Relu(), build.Add("b", new Add(), build.Add("y", new MatMul(), x, Weight("v", inputs, neurons)), Weight("c", neurons)));
        graph = build.Return(build.Add("z", new MatMul(), hidden, Weight("w", neurons, outputs)));
        mix = Numbers(inputs * inputs);
        (seen, unseen) = (Data(), Data());
        List<Tensor> Data() => [.. Enumerable.Range(0, 30).Select(_ =>
        {
            var (from, to) = (Numbers(rows * inputs), new float[rows * inputs]);
            for (var r = 0; r < rows; r++) for (var i = 0; i < inputs; i++) for (var k = 0; k < inputs; k++) to[r * inputs + i] += from[r * inputs + k] * mix[k * inputs + i] * MathF.Exp(-k / 4f);
            return Tensor.Of([rows, inputs], to);
        })];
    }

    /// <summary>The share of the output's mean square that is lost where half of the neurons go, of data that nothing was chosen by: as the report has it, and as it comes out.</summary>
    public (double Reported, double Measured) Error(string options)
    {
        var compilation = new Compilation(new Machine("test")) { Calibration = Calibration(seen), Unseen = Calibration(unseen) };
        var pruned = PipelineReader.ReadLine($"prune(pattern=neurons, sparsity=0.5, {options})", "test").Passes[0].Run(new Module(graph), compilation).MustBeGraph;
        Assert.Equal(16, pruned.Weights.First(w => w.Name == "v").Type.Shape[1].Whole);
        var (off, whole) = (0.0, 0.0);
        foreach (var run in unseen)
            foreach (var (a, b) in Interpreter.Run(graph, [run])[0].ToDoubles().Zip(Interpreter.Run(pruned, [run])[0].ToDoubles())) (off, whole) = (off + (a - b) * (a - b), whole + a * a);
        var loss = compilation.Losses.Single(l => l.Weight == "w");
        return (loss.UnseenError!.Value, off / whole);
    }

    private Calibration Calibration(List<Tensor> runs)
    {
        var grams = new GramObserver(graph);
        foreach (var run in runs) grams.Add(new Dictionary<string, Tensor> { ["x"] = run, ["h"] = Interpreter.Run(graph with { Outputs = [hidden] }, [run])[0] }, default);
        return new("", "", runs.Count, new Dictionary<string, ValueStatistics>(), grams.Results);
    }

    private Value Weight(string name, params long[] shape) => new(name, new([.. shape.Select(d => (Expr)d)], Scalar.F32), [Bytes.Of<float>(Numbers((int)shape.Aggregate(1L, (a, b) => a * b)))]);

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
}
