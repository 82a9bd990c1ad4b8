using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Rows through residual blocks, normalized before or behind them or not at all, of widths and steps that a seed draws; and data for it.</summary>
internal sealed class RandomStream
{
    private const int Rows = 24;

    private readonly Random random;
    private readonly Value x;

    /// <param name="normalized">Whether blocks are normalized: before all of them or behind all.</param>
    /// <param name="twins">Whether each second block has the numbers of the one before.</param>
    public RandomStream(int seed, bool normalized, bool twins = false)
    {
        random = new(seed);
        (Wide, var narrow) = (8 + random.Next(12), 3 + random.Next(4));
        x = new("x", new([Rows, narrow], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var (centred, behind, blocks) = (random.Next(2) == 0, random.Next(2) == 0, twins ? 2 * (1 + random.Next(2)) : 1 + random.Next(4));
        Value Normal(string name, Value of)
        {
            var g = Vector(name + ".g", 0.5, 1.5);
            return centred ? build.Add([name], new LayerNormalization(-1, 1e-3f), [of, g, Vector(name + ".b", -0.1, 0.1)])[0] : build.Add(name, new RMSNormalization(-1, 1e-3f), of, g);
        }
        var stream = build.Add("in", new MatMul(), x, Weight("into", narrow, Wide, 0.6));
        var (hidden, last) = (6 + random.Next(10), (Array.Empty<float>(), Array.Empty<float>()));
        var gate = random.Next(2) == 0;
        for (var b = 0; b < blocks; b++)
        {
            if (!twins) (hidden, gate) = (6 + random.Next(10), random.Next(2) == 0);
            var (up, down) = twins && b % 2 == 1 ? last : (Numbers(Wide * hidden, 0.5), Numbers(hidden * Wide, 0.4));
            last = (up, down);
            var inner = normalized && !behind ? Normal($"n{b}", stream) : stream;
            var first = build.Add($"u{b}", new MatMul(), inner, Made($"up{b}", Wide, hidden, up));
            var middle = gate ? build.Add($"h{b}", new Relu(), first) : build.Add($"h{b}", new Tanh(), first);
            stream = build.Add($"s{b}", new Add(), stream, build.Add($"d{b}", new MatMul(), middle, Made($"down{b}", hidden, Wide, down)));
            if (normalized && behind) stream = Normal($"n{b}", stream);
        }
        if (normalized && !behind) stream = Normal("last", stream);
        Graph = build.Return(build.Add("y", new MatMul(), stream, Weight("head", Wide, 4, 0.5)));
        Data = [.. Enumerable.Range(0, 8).Select(_ => Tensor.Of([Rows, narrow], Numbers(Rows * narrow, 1)))];
    }

    public int Wide { get; }
    public Graph Graph { get; }
    public List<Tensor> Data { get; }

    /// <summary>What passes learn of data that is run through a graph.</summary>
    public Compilation Watched => new(new Machine("test")) { Watcher = (graph, values) => [Statistics(graph, values, Data)] };

    /// <summary>Mean square of what outputs are off by, as a share of theirs.</summary>
    public double Off(Graph other)
    {
        var (off, whole) = (0.0, 0.0);
        foreach (var run in Data) foreach (var (a, b) in Interpreter.Run(Graph, [run])[0].ToDoubles().Zip(Interpreter.Run(other, [run])[0].ToDoubles())) (off, whole) = (off + (a - b) * (a - b), whole + a * a);
        return off / whole;
    }

    /// <summary>What calibration on these items would tell of some values.</summary>
    public static Calibration Statistics(Graph graph, IReadOnlyCollection<Value> values, IReadOnlyList<Tensor> data)
    {
        var axes = Observations.Of(graph).Where(a => values.Contains(a.Key)).ToList();
        Graph all = Observations.Beside(graph, values);
        var (observers, grams) = (axes.ToDictionary(a => a.Key.Name, a => new ValueObserver(a.Key.Name, a.Value)), new GramObserver(graph, values));
        foreach (var run in data)
        {
            var made = all.Outputs.Zip(Interpreter.Run(all, [run])).Append((all.Inputs[0], run)).ToDictionary(p => p.Item1.Name, p => p.Item2);
            foreach (var (name, observer) in observers) observer.Add(made[name]);
            grams.Add(made, default);
        }
        return new("", "", data.Count, observers.ToDictionary(o => o.Key, o => o.Value.Result()!), grams.Results);
    }

    private Value Weight(string name, int rows, int columns, double size) => Made(name, rows, columns, Numbers(rows * columns, size));

    private static Value Made(string name, int rows, int columns, float[] numbers) => new(name, new([rows, columns], Scalar.F32), [Bytes.Of<float>(numbers)]);

    private Value Vector(string name, double low, double high) => new(name, new([Wide], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, Wide).Select(_ => (float)(low + (high - low) * random.NextDouble()))])]);

    private float[] Numbers(int count, double size) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2 - 1) * size))];
}
