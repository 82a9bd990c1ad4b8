using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Benchmarks;

/// <summary>Products with sparse weights beside the same with dense ones, in turns: BERT-base's matrix products at 128 rows, ResNet-50's 1×1 convolutions, rows times matrices.</summary>
public static class Sparsity
{
    /// <param name="Name">As the network's.</param>
    /// <param name="Op">What is computed of <paramref name="X"/> and a weight of the shape <paramref name="W"/>.</param>
    /// <param name="Order">Of the axes of x and the result.</param>
    private sealed record Shape(string Name, Op Op, Seq<Expr> X, Seq<Expr> W, Seq<int> Order);

    private const string Begin = "<!-- sparsity: written by tests/Benchmarks sparsity -->", End = "<!-- /sparsity -->";

    private static readonly Shape[] Products = [.. new[] { (768, 768), (768, 3072), (3072, 768) }.Select(s => new Shape(string.Create(CultureInfo.InvariantCulture, $"128x{s.Item1} · {s.Item1}x{s.Item2}"), new MatMul(), [128, s.Item1], [s.Item1, s.Item2], []))];

    private static readonly Shape[] Convolutions = [.. new[] { (64, 64, 56), (64, 256, 56), (256, 64, 56), (256, 128, 56), (128, 512, 28), (512, 128, 28), (512, 256, 28), (256, 1024, 14), (1024, 256, 14), (1024, 512, 14), (512, 2048, 7), (2048, 512, 7) }
        .Select(s => new Shape(string.Create(CultureInfo.InvariantCulture, $"conv 1x1 {s.Item1} to {s.Item2} at {s.Item3}x{s.Item3}"), new Conv(), [1, s.Item1, s.Item3, s.Item3], [s.Item2, s.Item1, 1, 1], [0, 2, 3, 1]))];

    private static readonly Shape[] Rows = [.. new[] { (768, 3072), (2048, 5632), (4096, 4096) }.Select(s => new Shape(string.Create(CultureInfo.InvariantCulture, $"1x{s.Item1} · {s.Item1}x{s.Item2}"), new MatMul(), [1, s.Item1], [s.Item1, s.Item2], []))];

    private static readonly string[] Blocks = ["sparse 4x1 keep=0.2 (f32)", "sparse 4x1 keep=0.1 (f32)", "sparse 8x1 keep=0.1 (f32)", "sparse 16x1 keep=0.1 (f32)", "sparse 4x4 keep=0.1 (f32)", "sparse 1x8 keep=0.1 (f32)", "sparse 1x1 keep=0.1 (f32)", "sparse 4x1 keep=0.1 (i8)"];

    private static readonly string[] Groups = ["sparse 2:4 (f32)", "sparse 1:4 (f32)", "sparse 2:8 (f32)", "sparse 4:8 (f32)", "sparse 2:4 (i8)", "sparse 4x1 keep=0.2 (f32)"];

    /// <summary>All, written into docs/sparsity.md; of shapes that are named only those.</summary>
    public static IReadOnlyList<Table> Run(BenchOptions options)
    {
        List<Table> tables =
        [
            Run(options, "Matrix products of BERT-base, 128 rows", Products, Blocks),
            Run(options, "1×1 convolutions of ResNet-50", Convolutions, Blocks[..2]),
            Run(options, "One row", Rows, Groups),
        ];
        if (options.Names.Count > 0) return tables;
        tables.Add(Networks(options));
        var path = Path.Combine(Places.Root, "docs", "sparsity.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the tables between its markers");
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{string.Join("\n", tables.Select(t => t.Markdown()))}{text[end..]}");
        return tables;
    }

    /// <summary>Networks whose weights are random, pruned by magnitude: how fast they are, not how good.</summary>
    private static Table Networks(BenchOptions options)
    {
        var table = new Table("Whole networks, one thread, pruned by magnitude", ("network", ""), ("pruned", ""), ("weights MB", "0.0"), ("ms", "0.00"), ("dense f32 ms", "0.00"), ("times as fast", "0.00"));
        foreach (var name in new[] { "bert_mini_128", "resnet50" })
        {
            var model = BenchModel.Find(name);
            string[] ways = ["", "4x1@80%", "4x1@90%"];
            double? dense = null;
            foreach (var way in ways)
            {
                // One after another: all have one name and one folder.
                var made = Compilation.Run(model, options, [.. model.Dimensions(), .. way == "" ? (string[])[] : ["--prune", way]]);
                using var run = new Ours(made.Library, model.Inputs, threads: 1);
                var least = Enumerable.Range(0, options.Rounds).Min(_ => run.Measure(options.Seconds).Min);
                table.Add(name, way == "" ? "not" : way, made.WeightBytes / 1e6, least, dense ??= least, dense / least);
            }
        }
        return table;
    }

    private static Table Run(BenchOptions options, string title, IEnumerable<Shape> shapes, string[] formats)
    {
        var table = new Table($"{title}, one thread", ("shape", ""), ("weights", ""), ("bytes", "0"), ("template", ""), ("ms", "0.0000"), ("dense f32 ms", "0.0000"), ("times as fast", "0.00"));
        foreach (var shape in shapes.Where(s => options.Names.Count == 0 || options.Names.Any(s.Name.Contains)))
        {
            var encodings = formats.Select(f => (Encoding)Placed(shape, f)).Prepend(new Dense(Scalar.F32)).ToList();
            var steps = encodings.ConvertAll(encoding => Prepare(shape, encoding));
            var least = steps.ConvertAll(_ => double.MaxValue);
            for (var round = 0; round < options.Rounds; round++) for (var i = 0; i < steps.Count; i++) least[i] = Math.Min(least[i], steps[i].Least(options.Seconds));
            for (var i = 0; i < steps.Count; i++) table.Add(shape.Name, encodings[i].ToString(), encodings[i].Size(shape.W), steps[i].Template, least[i], least[0], least[0] / least[i]);
        }
        return table;
    }

    /// <summary>A format with its axes where the operator has outputs and inputs; codes have a scale for each output.</summary>
    private static Sparse Placed(Shape shape, string format)
    {
        var isConv = shape.Op is Conv;
        var (output, input) = isConv ? (0, 1) : (1, 0);
        var axes = string.Create(CultureInfo.InvariantCulture, $" axis={output} input={input} (");
        return (Sparse)IrText.ReadEncoding(format.Replace(" (", axes, StringComparison.Ordinal).Replace("(i8)", string.Create(CultureInfo.InvariantCulture, $"(i8 axis={output})"), StringComparison.Ordinal));
    }

    private static ScheduledStep Prepare(Shape shape, Encoding format)
    {
        var count = shape.X.Aggregate(1L, (size, e) => size * e.Whole);
        var weights = shape.W.Aggregate(1L, (size, e) => size * e.Whole);
        var type = new TensorType(shape.X, new Dense(Scalar.F32), shape.Order);
        return ScheduledStep.Of(shape.Op, new("x", type, [Bytes.Of<float>(ScheduledStep.Random(count))]), new Value("w", new(shape.W, format), format.Encode(ScheduledStep.Random(weights), shape.W)));
    }
}
