using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>A graph of one product, random data for it, and what calibration finds.</summary>
internal sealed class ProductLayer
{
    /// <param name="node">Its operands are %x and @w.</param>
    public ProductLayer(Op op, Seq<Expr> x, Seq<Expr> w, int runs, Dictionary<string, long>? symbols = null, int seed = 1)
    {
        var random = new Random(seed);
        var input = new Value("x", new(x, Scalar.F32));
        var numbers = Random(random, (int)w.Aggregate(1L, (a, e) => a * e.Whole));
        var weight = new Value("w", new(w, Scalar.F32), [Bytes.Of<float>(numbers)]);
        var build = new GraphBuilder("g", input);
        Graph = build.Return(build.Add("y", op, input, weight));
        var shape = Dimensions.Evaluate(x, symbols ?? []);
        var channels = (int)shape[shape.Count == 4 ? 1 : shape.Count - 1];
        var inner = shape.Count == 4 ? (int)(shape[2] * shape[3]) : 1;
        // Channels of unlike size that go together in part: what makes methods differ.
        var size = Enumerable.Range(0, channels).Select(_ => (float)Math.Exp(random.NextDouble() * 3 - 1.5)).ToArray();
        IReadOnlyList<Tensor> Data() => [.. Enumerable.Range(0, runs).Select(_ =>
        {
            var all = Random(random, (int)shape.Aggregate(1L, (a, b) => a * b));
            for (var i = all.Length - 1; i > 0; i--) all[i] = (all[i] + 0.6f * all[i - 1] + 0.1f) * size[i / inner % channels];
            return Tensor.Of(shape, all);
        })];
        Runs = Data();
        var observer = new ValueObserver("x", Observations.Of(Graph)[input]);
        foreach (var run in Runs) observer.Add(run);
        Calibration = new("", "", runs, new Dictionary<string, ValueStatistics> { ["x"] = observer.Result()! }, Grams(Runs));
        unseen = Calibration with { Grams = Grams(Data()) };
    }

    private readonly Calibration unseen;

    private IReadOnlyDictionary<string, Gram> Grams(IReadOnlyList<Tensor> runs)
    {
        var grams = new GramObserver(Graph);
        foreach (var run in runs) grams.Add(new Dictionary<string, Tensor> { ["x"] = run }, default);
        return grams.Results;
    }

    public Graph Graph { get; }
    public IReadOnlyList<Tensor> Runs { get; }
    public Calibration Calibration { get; }
    public WeightUse Use => WeightUse.Of(Graph.Nodes[0]).Single();
    public float[] Numbers => Use.Weight.Planes[0].ToArray<float>();

    public Layer Layer(string format) => Layer(format, Calibration);

    /// <summary>The layer as data sees it that had no part in calibration.</summary>
    public Layer Unseen(string format) => Layer(format, unseen);

    private Layer Layer(string format, Calibration calibration) => new(Use, ((Grouped)IrText.ReadEncoding(format)).Placed(Use.Input, Use.Output, Use.Weight.Type.Rank), Numbers, calibration);

    /// <summary>Mean square of the output over all runs.</summary>
    public double Energy(IEnumerable<Tensor> outputs) => outputs.Sum(t => t.ToDoubles().Sum(y => y * y));

    private static float[] Random(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() + random.NextDouble() - 1))];
}
