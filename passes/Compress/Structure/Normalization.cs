using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>
/// Steps that divide rows of a value by their norm: y = g·(x - mean(x)) / √(mean((x - mean(x))²) + ε) + b, or the same without means. Found by trying it on numbers,
/// so that one operator, or the many that exporters write, are the same.
/// </summary>
/// <param name="Input">x, its rows along the last axis.</param>
/// <param name="IsCentred">Whether the mean is taken off.</param>
/// <param name="Steps">Those between, the last among them.</param>
/// <param name="Results">What steps behind read: y, g and b of each.</param>
internal sealed record Normalization(Value Input, bool IsCentred, float Epsilon, Seq<Node> Steps, Seq<(Value Value, double[] Scale, double[] Shift)> Results)
{
    /// <summary>Steps that one may be written in, and rows it is tried on: half of them so small that ε shows.</summary>
    private const int MostSteps = 24, Rows = 12;

    /// <summary>How far a number may be off, as a share of the largest.</summary>
    private const double Near = 1e-4;

    /// <summary>At most one for each value and kind, the value's width known.</summary>
    public static IEnumerable<Normalization> Of(Graph graph)
    {
        var (makers, readers) = (graph.Makers, graph.Readers);
        var taken = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var x in graph.Inputs.Concat(graph.Nodes.SelectMany(n => n.Results)).Where(v => v.Type is { Rank: >= 2, Encoding: Dense { Kind: Scalar.F32 } } && v.Type.Shape[^1] is Number { Integer: > 1 }).ToList())
        {
            // What is centred inside one is divided by its norm too.
            if (makers.TryGetValue(x, out var made) && taken.Contains(made) && !readers[x].Any(r => r is null || !taken.Contains(r))) continue;
            var region = Region(graph, x);
            if (!region.Exists(n => n.Op is LayerNormalization || Formula.Of(n) is { HasReduce: true })) continue;
            if (Numbers(region).Where(e => e is > 0 and < 0.1f).Distinct().SelectMany(e => new[] { true, false }.Select(c => Try(x, region, e, c))).OfType<Normalization>().FirstOrDefault() is not { } found) continue;
            // Only what is read behind counts, and what it takes to make it.
            var (own, left) = (new HashSet<Node>(ReferenceEqualityComparer.Instance), new Stack<Node>(found.Results.Select(r => makers[r.Value])));
            while (left.TryPop(out var step))
                if (own.Add(step)) foreach (var read in step.Reads) if (read != x && makers.TryGetValue(read, out var maker) && region.Contains(maker)) left.Push(maker);
            bool Leaves(Value v) => readers[v].Any(r => r is null || !own.Contains(r));
            if (own.SelectMany(s => s.Results).Any(v => Leaves(v) && !found.Results.Any(r => r.Value == v))) continue;
            taken.UnionWith(own);
            yield return found with { Steps = [.. region.Where(own.Contains)], Results = [.. found.Results.Where(r => Leaves(r.Value))] };
        }
    }

    /// <summary>Steps that follow from a value alone, number by number or row by row.</summary>
    private static List<Node> Region(Graph graph, Value x)
    {
        var (known, region) = (new HashSet<Value> { x }, new List<Node>());
        foreach (var node in graph.Nodes)
        {
            if (node.Regions.Count > 0 || !node.Reads.Any(known.Contains) || !node.Reads.All(v => known.Contains(v) || v.IsWeight && (v.Type.Count == 1 || v.Type.Count == x.Type.Shape[^1].Whole)) || !Fits(node, x)) continue;
            region.Add(node);
            known.UnionWith(node.Results);
            if (region.Count == MostSteps) break;
        }
        return region;
    }

    private static bool Fits(Node node, Value x) => node.Result.Type is { Encoding: Dense { Kind: Scalar.F32 } } type && type.Rank == x.Type.Rank
        && type.Shape.SkipLast(1).SequenceEqual(x.Type.Shape.SkipLast(1)) && (type.Shape[^1] == x.Type.Shape[^1] || type.Shape[^1] is Number { Integer: 1 });

    /// <summary>Numbers that steps name.</summary>
    private static IEnumerable<float> Numbers(List<Node> steps) => steps.SelectMany(s => RecordText.Parameters(s.Op.GetType()).Select(p => p.Property.GetValue(s.Op)).OfType<float>()
        .Concat(s.Reads.Where(v => v is { IsWeight: true, Type: { Count: 1, Encoding: Dense { Kind: Scalar.F32 } } }).Select(v => (float)Constants.Read(v)[0])));

    /// <summary>Runs the steps on rows of numbers; null where none of their results is what it should be.</summary>
    private static Normalization? Try(Value x, List<Node> steps, float epsilon, bool centred)
    {
        var width = (int)x.Type.Shape[^1].Whole;
        Seq<long> shape = [.. Enumerable.Repeat(1L, x.Type.Rank - 2), Rows, width];
        var input = new Value(x.Name, new([.. shape.Select(n => (Expr)n)], Scalar.F32));
        var (build, now) = (new GraphBuilder("trial", input), new Dictionary<Value, Value> { [x] = input });
        try
        {
            foreach (var step in steps)
                foreach (var (old, made) in step.Results.Zip(build.Add([.. step.Results.Select(v => v.Name)], step.Op, [.. step.Operands.Select(v => v is null ? null : now.GetValueOrDefault(v, v))]))) now[old] = made;
        }
        catch (TypeException) { return null; }
        var tried = steps.Select(s => s.Result).Where(v => now[v].Type.Shape[^1].Whole == width).ToList();
        var random = new Random(width);
        var rows = new float[Rows * width];
        for (var i = 0; i < rows.Length; i++) rows[i] = (float)((random.NextDouble() * 4 - 1.5) * (i / width % 2 == 0 ? 1 : Math.Sqrt(epsilon)));
        var seen = Interpreter.Run(build.Return([.. tried.Select(v => now[v])]), [Tensor.Of(shape, rows)]);
        var normal = Normal(rows, width, epsilon, centred);
        Seq<(Value, double[], double[])> results = [.. tried.Zip(seen).Select(p => (p.First, Line: Line(normal, p.Second.ToDoubles(), width))).Where(p => p.Line is not null).Select(p => (p.First, p.Line!.Value.Scale, p.Line.Value.Shift))];
        return results.Count == 0 ? null : new(x, centred, epsilon, [], results);
    }

    /// <summary>Rows divided by their norm.</summary>
    private static double[] Normal(float[] rows, int width, double epsilon, bool centred)
    {
        var normal = new double[rows.Length];
        for (var r = 0; r < rows.Length; r += width)
        {
            var row = rows.AsSpan(r, width).ToArray();
            var mean = centred ? row.Average(v => (double)v) : 0;
            var norm = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + epsilon);
            for (var i = 0; i < width; i++) normal[r + i] = (row[i] - mean) / norm;
        }
        return normal;
    }

    /// <summary>g and b by least squares, column by column; null where y is not g·n + b.</summary>
    private static (double[] Scale, double[] Shift)? Line(double[] n, double[] y, int width)
    {
        var (scale, shift, most, off) = (new double[width], new double[width], 0.0, 0.0);
        for (var c = 0; c < width; c++)
        {
            var (sn, sy, nn, ny) = (0.0, 0.0, 0.0, 0.0);
            for (var i = c; i < n.Length; i += width) (sn, sy, nn, ny) = (sn + n[i], sy + y[i], nn + n[i] * n[i], ny + n[i] * y[i]);
            scale[c] = (Rows * ny - sn * sy) / (Rows * nn - sn * sn);
            shift[c] = (sy - scale[c] * sn) / Rows;
            for (var i = c; i < n.Length; i += width) (most, off) = (Math.Max(most, Math.Abs(y[i])), Math.Max(off, Math.Abs(y[i] - scale[c] * n[i] - shift[c])));
        }
        return off <= Near * most && scale.Any(g => Math.Abs(g) > Near) ? (scale, shift) : null;
    }
}
