using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.Benchmarks;

/// <summary>Products with sparse weights beside the same with dense ones, in turns: BERT-base's matrix products at 128 rows, ResNet-50's 1×1 convolutions, rows times matrices.</summary>
public static class Sparsity
{
    /// <param name="Name">As the network's.</param>
    /// <param name="Op">What is computed of <paramref name="X"/> and a weight of the shape <paramref name="W"/>.</param>
    /// <param name="Order">Of the axes of x and the result.</param>
    /// <param name="Rows">How x is stored.</param>
    private sealed record Shape(string Name, Op Op, Seq<Expr> X, Seq<Expr> W, Seq<int> Order, string Rows = "f32");

    private const string Begin = "<!-- sparsity: written by tests/Benchmarks sparsity -->", End = "<!-- /sparsity -->";

    private static readonly Shape[] Products = [.. new[] { (768, 768), (768, 3072), (3072, 768) }.Select(s => new Shape(string.Create(CultureInfo.InvariantCulture, $"128x{s.Item1} · {s.Item1}x{s.Item2}"), new MatMul(), [128, s.Item1], [s.Item1, s.Item2], []))];

    private static readonly Shape[] Convolutions = [.. new[] { (64, 64, 56), (64, 256, 56), (256, 64, 56), (256, 128, 56), (128, 512, 28), (512, 128, 28), (512, 256, 28), (256, 1024, 14), (1024, 256, 14), (1024, 512, 14), (512, 2048, 7), (2048, 512, 7) }
        .Select(s => new Shape(string.Create(CultureInfo.InvariantCulture, $"conv 1x1 {s.Item1} to {s.Item2} at {s.Item3}x{s.Item3}"), new Conv(), [1, s.Item1, s.Item3, s.Item3], [s.Item2, s.Item1, 1, 1], [0, 2, 3, 1]))];

    /// <summary>The same with whole numbers on both sides.</summary>
    private static readonly Shape[] Wholes = [.. Products.Select(shape => shape with { Name = $"{shape.Name} of i8", Rows = "i8 scale=0.01" })];

    private static readonly string[] Codes = ["sparse 4x4 keep=0.2 (i8)", "sparse 4x2 keep=0.2 (i8)", "sparse 16x4 keep=0.2 (i8)", "sparse 4x4 keep=0.1 (i8)"];

    private static readonly double[] Shares = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8];

    private static readonly Shape[] Rows = [.. new[] { (768, 3072), (2048, 5632), (4096, 4096) }.Select(s => new Shape(string.Create(CultureInfo.InvariantCulture, $"1x{s.Item1} · {s.Item1}x{s.Item2}"), new MatMul(), [1, s.Item1], [s.Item1, s.Item2], []))];

    private static readonly string[] Blocks = ["sparse 4x1 keep=0.2 (f32)", "sparse 4x1 keep=0.1 (f32)", "sparse 8x1 keep=0.1 (f32)", "sparse 16x1 keep=0.1 (f32)", "sparse 4x4 keep=0.1 (f32)", "sparse 1x8 keep=0.1 (f32)", "sparse 1x1 keep=0.1 (f32)", "sparse 4x1 keep=0.1 (i8)", "sparse 2:4 (f32)"];

    private static readonly string[] Groups = ["sparse 2:4 (f32)", "sparse 1:4 (f32)", "sparse 2:8 (f32)", "sparse 4:8 (f32)", "sparse 2:4 (i8)", "sparse 4x1 keep=0.2 (f32)"];

    /// <summary>All, written into docs/sparsity.md; of shapes that are named only those.</summary>
    public static IReadOnlyList<Table> Run(BenchOptions options)
    {
        List<Table> tables =
        [
            Run(options, "Matrix products of BERT-base, 128 rows", Products, Blocks),
            Run(options, "1×1 convolutions of ResNet-50", Convolutions, Blocks[..2]),
            Run(options, "Matrix products of BERT-base in whole numbers, 128 rows", Wholes, Codes),
            Run(options, "One row", Rows, Groups),
        ];
        if (options.Names.Count > 0) return tables;
        File.WriteAllText(Path.Combine(Places.Root, "docs", "sparsity.svg"), Curves.Page(
            Break(options, Products[1], ["4x1", "16x1", "4x4", "1x8", "1x1"]), Break(options, Convolutions[8], ["4x1", "1x1"]), Break(options, Wholes[1], ["4x4", "4x2"]), Break(options, Rows[1], ["4x1", "1x1"])));
        tables.Add(Networks(options));
        var path = Path.Combine(Places.Root, "docs", "sparsity.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the tables between its markers");
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{string.Join("\n", tables.Select(t => t.Markdown()))}{text[end..]}");
        return tables;
    }

    /// <summary>How many times as fast as the dense template the sparse one is, whatever the cost model would choose, by the share that is kept.</summary>
    private static Curves Break(BenchOptions options, Shape shape, string[] patterns)
    {
        var curves = new Curves($"{shape.Name}: times as fast as dense", "numbers kept");
        var dense = Prepare(shape, Dense(shape));
        foreach (var pattern in patterns)
        {
            var steps = Shares.Select(share => Prepare(shape, Placed(shape, string.Create(CultureInfo.InvariantCulture, $"sparse {pattern} keep={share} ({(shape.Rows == "f32" ? "f32" : "i8")})")), new(Template.Sparse))).ToList();
            var (whole, least) = (double.MaxValue, steps.ConvertAll(_ => double.MaxValue));
            for (var round = 0; round < options.Rounds; round++)
            {
                whole = Math.Min(whole, dense.Least(options.Seconds));
                for (var i = 0; i < steps.Count; i++) least[i] = Math.Min(least[i], steps[i].Least(options.Seconds));
            }
            curves.Add(pattern, [.. Shares.Zip(least, (share, ms) => (share, whole / ms))]);
        }
        return curves;
    }

    /// <summary>Networks whose weights are random, pruned by magnitude: how fast they are, not how good.</summary>
    private static Table Networks(BenchOptions options)
    {
        var table = new Table("Whole networks, one thread, pruned by magnitude", ("network", ""), ("pruned", ""), ("weights MB", "0.0"), ("ms", "0.00"), ("dense f32 ms", "0.00"), ("times as fast", "0.00"));
        foreach (var (name, ways) in new (string, string[])[]
        {
            ("bert_mini_128", ["4x1@80%", "4x1@90%", "unstructured@60%", "2:4"]),
            ("resnet50", ["4x1@80%", "4x1@90%", "channels@50%", "unstructured@60%", "2:4"]),
            ("llama_512x8_decode", ["2:4"]),
        })
        {
            var model = BenchModel.Find(name);
            string[] all = ["", .. ways];
            // All stand in folders of their own and run in turns.
            var made = all.Select((way, i) => (Way: way, Made: Compilation.Run(model, options, [.. model.Dimensions(), .. way == "" ? (string[])[] : ["--prune", way]], string.Create(CultureInfo.InvariantCulture, $"pruned{i}")))).ToList();
            var runs = made.ConvertAll(m => new Ours(m.Made.Library, model.Inputs, threads: 1));
            var least = runs.ConvertAll(_ => double.MaxValue);
            for (var round = 0; round < options.Rounds; round++) for (var i = 0; i < runs.Count; i++) least[i] = Math.Min(least[i], runs[i].Measure(options.Seconds).Min);
            for (var i = 0; i < runs.Count; i++) table.Add(name, made[i].Way == "" ? "not" : made[i].Way, made[i].Made.WeightBytes / 1e6, least[i], least[0], least[0] / least[i]);
            foreach (var run in runs) run.Dispose();
        }
        return table;
    }

    private static Table Run(BenchOptions options, string title, IEnumerable<Shape> shapes, string[] formats)
    {
        var table = new Table($"{title}, one thread", ("shape", ""), ("weights", ""), ("bytes", "0"), ("template", ""), ("ms", "0.0000"), ("dense ms", "0.0000"), ("times as fast", "0.00"));
        foreach (var shape in shapes.Where(s => options.Names.Count == 0 || options.Names.Any(s.Name.Contains)))
        {
            var encodings = formats.Select(f => (Encoding)Placed(shape, f)).Prepend(Dense(shape)).ToList();
            var steps = encodings.ConvertAll(encoding => Prepare(shape, encoding));
            var least = steps.ConvertAll(_ => double.MaxValue);
            for (var round = 0; round < options.Rounds; round++) for (var i = 0; i < steps.Count; i++) least[i] = Math.Min(least[i], steps[i].Least(options.Seconds));
            for (var i = 0; i < steps.Count; i++) table.Add(shape.Name, encodings[i].ToString(), encodings[i].Size(shape.W), steps[i].Template, least[i], least[0], least[0] / least[i]);
        }
        return table;
    }

    /// <summary>What a sparse weight stands beside: as many bits, all kept.</summary>
    private static Encoding Dense(Shape shape) => shape.Rows == "f32" ? new Dense(Scalar.F32) : IrText.ReadEncoding("i8 axis=1");

    /// <summary>A format with its axes where the operator has outputs and inputs; codes have a scale for each output.</summary>
    private static Sparse Placed(Shape shape, string format)
    {
        var isConv = shape.Op is Conv;
        var (output, input) = isConv ? (0, 1) : (1, 0);
        var axes = string.Create(CultureInfo.InvariantCulture, $" axis={output} input={input} (");
        return (Sparse)IrText.ReadEncoding(format.Replace(" (", axes, StringComparison.Ordinal).Replace("(i8)", string.Create(CultureInfo.InvariantCulture, $"(i8 axis={output})"), StringComparison.Ordinal));
    }

    private static ScheduledStep Prepare(Shape shape, Encoding format, ScheduleChoice? choice = null)
    {
        var count = shape.X.Aggregate(1L, (size, e) => size * e.Whole);
        var weights = shape.W.Aggregate(1L, (size, e) => size * e.Whole);
        var type = new TensorType(shape.X, IrText.ReadEncoding(shape.Rows), shape.Order);
        return ScheduledStep.Of(choice ?? ScheduleChoice.Model, shape.Op, new("x", type, type.Encoding.Encode(ScheduledStep.Random(count), shape.X)), new Value("w", new(shape.W, format), format.Encode(ScheduledStep.Random(weights), shape.W)));
    }
}
