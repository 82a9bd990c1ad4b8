using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Benchmarks;

/// <summary>Products with factorized weights beside the same with dense ones, in turns; and what factors cost layers and scores, by model and method.</summary>
public static class Factorization
{
    private const string Begin = "<!-- factorization: written by tests/Benchmarks factorization -->", End = "<!-- /factorization -->";

    private static readonly (int Inputs, int Outputs)[] Products = [(768, 768), (768, 3072), (3072, 768)], Rows = [(768, 3072), (2048, 5632), (4096, 4096)];

    private static readonly string[] Models = ["mobilenet_digits", "resnet_glyph", "vit_glyph", "chargpt", "ppocr_v4_rec"];

    /// <summary>Options of the tool, those together that answer one question.</summary>
    private static readonly string[][] Ways =
    [
        ["--factorize", "lowrank, size=0.5"],
        ["--factorize", "lowrank, size=0.5, method=afm"],
        ["--quantize", "i4 group=64 scales=f16"],
        ["--factorize", "lowrank (f16) + i3 group=64 scales=f16, size=0.1328"],
        ["--factorize", "lowrank (f16) + i3 group=64 scales=f16, size=0.1328, method=afm"],
        ["--factorize", "lowrank (f16) + i3 group=64 scales=f16, size=0.1328, method=afm, alternate=10"],
        ["--prune", "2:4", "--quantize", "i4 group=64 scales=f16"],
        ["--factorize", "lowrank (f16) + sparse 2:4 (i4 group=64 scales=f16), size=0.14"],
        ["--factorize", "lowrank (f16) + sparse 2:4 (i4 group=64 scales=f16), size=0.14, method=afm"],
    ];

    /// <summary>Structures at half the bytes, once for the weight alone (of which the error of layers is enough to know) and once by data.</summary>
    private static readonly string[] Structures = ["cur", "dense_sparse 2:4", "monarch blocks=4", "kronecker outputs=4 inputs=4", "blockaffine outputs=4 inputs=4", "tt outputs=[4, 4] inputs=[4, 4]", "tucker2", "cp", "tied", "tiled", "hashed"];

    private static readonly string Folder = Path.Combine(Places.Root, "artifacts", "factorization");

    /// <summary>All, with <c>--markdown</c> written into docs/factorization.md; of models that are named only those, of "speed" only the products.</summary>
    public static IReadOnlyList<Table> Run(BenchOptions options)
    {
        var tables = new List<Table>();
        if (options.Names.Count == 0 || options.Names.Contains("speed"))
        {
            tables.Add(Run(options, "Matrix products of BERT-base, 128 rows", 128, Products));
            tables.Add(Run(options, "One row", 1, Rows));
        }
        IReadOnlyList<string> models = options.Names.Count == 0 ? Models : [.. options.Names.Where(name => name != "speed")];
        if (models.Count > 0) tables.AddRange(Quality(options, models));
        if (options.Names.Count == 0 || options.Markdown) Write(tables);
        return tables;
    }

    private static Table Run(BenchOptions options, string title, int rows, (int Inputs, int Outputs)[] shapes)
    {
        var table = new Table($"{title}, one thread", Console.Error, ("shape", ""), ("weight", ""), ("bytes", "0"), ("multiply-adds", "0.000"), ("ms", "0.0000"), ("dense f32 ms", "0.0000"), ("times as fast", "0.00"));
        foreach (var (inputs, outputs) in shapes)
        {
            // Ranks in whole vectors at half and a quarter of the multiply-adds.
            long Rank(double share) => (long)(share * inputs * outputs / (inputs + outputs)) / 16 * 16;
            Seq<Expr> shape = [inputs, outputs];
            var (few, many, axes) = (Math.Min(inputs, outputs), (long)inputs * outputs, "axis=1 input=0 (f32)");
            List<Encoding> formats = [new Dense(Scalar.F32), .. new[]
            {
                $"lowrank rank={Rank(0.5)} {axes}", $"lowrank rank={Rank(0.25)} {axes}", $"lowrank rank={Rank(0.5)} axis=1 input=0 (f16)",
                $"monarch blocks=4 rank={Rank(0.25) / 4 / 8 * 8} {axes}", $"kronecker outputs=32 inputs=32 terms=4 {axes}", $"blockaffine outputs=32 inputs=32 terms=4 {axes}",
                $"tt outputs=[32] inputs=[32] rank=4 {axes}", $"cur rank={Rank(0.5)} {axes}", $"dense_sparse 2:4 rank={few / 4} {axes}",
                $"tied rows={outputs / 2} {axes}", $"tied rows={outputs / 4} {axes}", $"tiled blocks={many / 64 / 8} {axes}", $"hashed blocks={many / 64 / 8} {axes}",
            }.Select(IrText.ReadEncoding)];
            var graphs = formats.ConvertAll(format => Prepare(rows, shape, format));
            var least = graphs.ConvertAll(_ => double.MaxValue);
            for (var round = 0; round < options.Rounds; round++) for (var i = 0; i < graphs.Count; i++) least[i] = Math.Min(least[i], graphs[i].Least(options.Seconds));
            for (var i = 0; i < graphs.Count; i++)
            {
                // Of what is read where it is, multiplications stay as many.
                var work = formats[i] is Factored { IsRead: false } factored ? factored.Parts(shape).Where(part => part.Type.Rank > 1).Sum(part => part.Type.Count * Share(part.Type.Encoding)) / (double)many : 1;
                table.Add(string.Create(CultureInfo.InvariantCulture, $"{rows}x{inputs} · {inputs}x{outputs}"), formats[i].ToString(), formats[i].Size(shape), work, least[i], least[0], least[0] / least[i]);
            }
        }
        return table;
    }

    private static ScheduledGraph Prepare(int rows, Seq<Expr> shape, Encoding format)
    {
        var x = new Value("x", new([rows, shape[0]], Scalar.F32));
        Seq<Bytes> planes = format is Factored factored ? factored.Pack([.. factored.Parts(shape).Select(part => Numbers(part, format))], [], shape) : [Bytes.Of<float>(ScheduledStep.Random(shape[0].Whole * shape[1].Whole))];
        var build = new GraphBuilder("product", x);
        return ScheduledGraph.Of(build.Return(build.Add("y", new MatMul(), x, new Value("w", new(shape, format), planes))), Bytes.Of<float>(ScheduledStep.Random(rows * shape[0].Whole)));
    }

    /// <summary>Multiplications that one number of a part takes.</summary>
    private static double Share(Encoding encoding) => encoding is Sparse { Pattern: RatioPattern { Count: var kept, Of: var of } } ? (double)kept / of : 1;

    /// <summary>Random numbers; of a map, places that there are.</summary>
    private static float[] Numbers(Factored.Part part, Encoding format) => part.Type.Scalar == Scalar.F32 ? ScheduledStep.Random(part.Type.Count)
        : [.. Enumerable.Range(0, (int)part.Type.Count).Select(i => (float)(i % (format is Cur ? part.Type.Count : ((Ranked)format).Rank)!))];

    private static IEnumerable<Table> Quality(BenchOptions options, IReadOnlyList<string> models)
    {
        var table = new Table("Factorized weights", Console.Error, ("model", ""), ("options", ""), ("weights, bytes", "0"), ("bits", "0.00"), ("error of layers", "0.00000"), ("KL", "0.0000"), ("value", "0.0000"), ("2σ", "0.0000"), ("change", "+0.0000;-0.0000;0"), ("its 2σ", "0.0000"), ("ms", "0.000"));
        var layers = new Table("Layer by layer, on data that nothing was chosen by", Console.Error, ("model", ""), ("of layers", ""), ("is lower in", "0"), ("of", "0"), ("mean of the ratio", "0.000"), ("worst ratio", "0.000"));
        foreach (var model in models)
        {
            var scored = new ScoredModel(options, model, Folder);
            var (calibration, unseen) = (scored.Calibration("calib"), scored.Calibration("test"));
            var plain = scored.Compile();
            var reference = scored.Predictions(plain.Library, "f32");
            var before = scored.Judged(reference, null);
            table.Add(model, "", plain.Bytes, 32.0, null, null, before.Value, before.Twice, null, null, scored.Milliseconds(plain.Library));
            var errors = Ways.Select(way => Scored(way)).ToList();
            Compare("activation-aware against plain, at half the bytes", errors[1], errors[0]);
            Compare("i3 and factors in turns against i4, at equal bits", errors[5], errors[2]);
            Compare("factors for the rest of 2:4 and i4, by data, against 2:4 and i4", errors[8], errors[6]);
            foreach (var structure in Structures)
            {
                string[] way = ["--factorize", $"{structure}, size=0.5"];
                var weight = scored.Compile([.. way, "--objective=size", "--calibrate", calibration, "--unseen", unseen]).Layers;
                // Of nothing that it serves there is nothing to say.
                if (weight.Count > 0) Compare($"{structure} by data against by weight, at half the bytes", Scored(["--factorize", $"{structure}, size=0.5, method=afm"]), weight);
            }

            IReadOnlyDictionary<string, double> Scored(string[] way)
            {
                var made = scored.Compile([.. way, "--objective=size", "--calibrate", calibration, "--unseen", unseen]);
                var predictions = scored.Predictions(made.Library, "factorized");
                var after = scored.Judged(predictions, reference);
                table.Add(model, string.Join(' ', way), made.Bytes, made.Bits, made.Error, ScoredModel.Divergence(reference, predictions), after.Value, after.Twice, after.Change, after.TwiceChange, scored.Milliseconds(made.Library));
                return made.Layers;
            }

            void Compare(string what, IReadOnlyDictionary<string, double> mine, IReadOnlyDictionary<string, double> other)
            {
                double[] ratios = [.. mine.Where(e => other.ContainsKey(e.Key)).Select(e => e.Value / other[e.Key])];
                if (ratios.Length > 0) layers.Add(model, what, ratios.Count(r => r < 1), ratios.Length, ratios.Average(), ratios.Max());
            }
        }
        return [table, layers];
    }

    private static void Write(IEnumerable<Table> tables)
    {
        var path = Path.Combine(Places.Root, "docs", "factorization.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchmarkException($"{path} has no place for the tables between its markers");
        File.WriteAllText(path, $"{text[..(begin + Begin.Length)]}\n{string.Join("\n", tables.Select(t => t.Markdown()))}{text[end..]}");
    }
}
