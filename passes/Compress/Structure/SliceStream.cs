using System.ComponentModel;
using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Algebra;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>Which directions sums of a stream are kept in.</summary>
public enum StreamBasis
{
    /// <summary>Each in its own best; a small product leads from one to the next.</summary>
    Each,
    /// <summary>All in the same: no products between.</summary>
    One,
}

/// <summary>
/// Keeps what residual blocks add to in fewer directions: the principal components of what normalizations make of it, by data. All that writes and reads it is turned
/// into them, so every matrix of the blocks is smaller and dense. Ashkboos and others, SliceGPT: Compress Large Language Models by Deleting Rows and Columns (2024).
/// </summary>
/// <param name="Share">Of directions, the share that goes, above 0 and below 1; widths of 64 and more stay a multiple of 8.</param>
/// <param name="Basis">Whether each sum has directions of its own.</param>
[Description("keeps the sums that blocks are normalized from in fewer directions, all matrices around them smaller: slice_stream(share=0.25)")]
public sealed record SliceStream(double Share, StreamBasis Basis = StreamBasis.One) : GraphPass
{
    /// <summary>Widths from here on stay a multiple of some, for the sake of lanes.</summary>
    private const int Wide = 64, Multiple = 8;

    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        if (Share is not (> 0 and < 1)) throw new DiagnosticException([new("LT3237", $"slice_stream: a share of {RecordText.Show(Share)} {(Share >= 1 ? "keeps nothing" : "drops nothing")}", "", "above 0 and below 1: share=0.25 keeps three quarters of the directions")]);
        var points = StreamSum.Points(graph, ActsOn, (sum, why) => compilation.Notes.Add(Name, sum.Name, $"{sum} keeps all directions: {why}"))
            .Where(p => Kept(p.Full) < p.Full || Stays(compilation, p)).ToList();
        if (points.Count == 0) throw new DiagnosticException([new("LT3238", "slice_stream: no sum can be kept in fewer directions", "", "what is sliced is normalized before it is read (layer_normalization, rms_normalization, or their steps), and nothing else but sums of that kind reads it; the notes say what does")]);
        var (observed, seen) = Observed(graph, points);
        var all = compilation.Watcher?.Invoke(observed, [.. points.Select(p => p.Sum), .. seen.Values.Select(u => u.Input)]) ?? [];
        if (all.Count == 0) throw new DiagnosticException([new("LT3235", "slice_stream: which directions matter shows in data, and none was run", "", "--calibrate DATA: the data itself, no statistics of it")]);
        var (calibration, unseen) = (all[0], all.Count > 1 ? all[1] : null);
        points = Chosen(points, calibration, seen);
        var slicing = new StreamSlicing(graph, points);
        var result = new Simplify().Run(new(slicing.Run()), compilation).MustBeGraph;
        if (Bytes(result) >= Bytes(graph))
        {
            compilation.Notes.Add(Name, points[0].Sum.Name, $"nothing is sliced: weights would take {Bytes(result)} bytes, they take {Bytes(graph)}");
            return graph;
        }
        foreach (var point in points)
        {
            var other = unseen?.Grams.GetValueOrDefault(seen[point.Sum].Key) is { } gram && gram.Counts[0] > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({point.ShareOf(gram.Matrix(0)):0.0000} on unseen data)") : "";
            compilation.Notes.Add(Name, point.Sum.Name, string.Create(CultureInfo.InvariantCulture, $"{point.Kept} of {point.Full} directions are kept, with {point.Share:0.0000} of the mean square of what is normalized{other}"));
        }
        foreach (var loss in slicing.Losses) compilation.Losses.Add(loss);
        OutputChange.Note(Name, graph, result, compilation);
        // What data showed is of values that are smaller now.
        (compilation.Calibration, compilation.Unseen) = (null, null);
        return result;
    }

    private int Kept(int full)
    {
        var kept = Math.Max(1, (int)Math.Ceiling(full * (1 - Share) - 1e-9));
        return full < Wide ? kept : Math.Min(full, (kept + Multiple - 1) / Multiple * Multiple);
    }

    private bool Stays(Compilation compilation, StreamPoint point)
    {
        compilation.Notes.Add(Name, point.Sum.Name, $"{point.Sum} keeps all directions: {RecordText.Show(Share)} of {point.Full} is less than one{(point.Full < Wide ? "" : $" or than {Multiple}")}");
        return false;
    }

    /// <summary>The graph with what is normalized of each point as rows that a product reads, and where its Gram matrix is gathered.</summary>
    private static (Graph Graph, Dictionary<Value, Unfolding>) Observed(Graph graph, IReadOnlyList<StreamPoint> points)
    {
        var (names, build, keys, readers) = (new Surroundings(graph), new GraphBuilder(graph.Name, graph.Inputs), new Dictionary<Value, Unfolding>(), graph.Readers);
        foreach (var guard in graph.Guards) build.Check(guard);
        foreach (var node in graph.Nodes) build.Add(node);
        foreach (var point in points)
        {
            var (sum, norm) = (point.Sum, point.Norms[0]);
            var ones = Constants.Of(names.Fresh(sum.Name + ".ones"), new([point.Full], Scalar.F32), [.. Enumerable.Repeat(1.0, point.Full)]);
            var rows = build.Add([names.Fresh(sum.Name + ".normal")], point.IsCentred ? new LayerNormalization(-1, norm.Epsilon) : new RMSNormalization(-1, norm.Epsilon), [sum, ones])[0];
            // Rows that nobody reads on do not count.
            if (point.Norms.Count == 1 && norm.Results.Count == 1)
                for (var read = norm.Results[0].Value; readers[read].ToList() is [{ } only] && CarriedRows.Of(only) == read; read = only.Result)
                    rows = build.Add(names.Fresh(sum.Name + ".rows"), only.Op, [.. only.Operands.Select(v => v == read ? rows : v)]);
            var unit = new double[point.Full * point.Full];
            for (var i = 0; i < point.Full; i++) unit[i * point.Full + i] = 1;
            build.Add(names.Fresh(sum.Name + ".seen"), new MatMul(), rows, Constants.Of(names.Fresh(sum.Name + ".unit"), new([point.Full, point.Full], Scalar.F32), unit));
            keys[sum] = Unfolding.Of(WeightUse.Of(build.Nodes[^1]).First())!;
        }
        return (build.Return(graph.Outputs), keys);
    }

    /// <summary>The points with their directions.</summary>
    private List<StreamPoint> Chosen(List<StreamPoint> points, Calibration seen, Dictionary<Value, Unfolding> keys)
    {
        var squares = points.Select(p => seen.Grams.GetValueOrDefault(keys[p.Sum].Key) is { } gram && gram.Counts[0] > 0 && gram.Matrix(0) is var m && m.All(double.IsFinite) ? m
            : throw new DiagnosticException([new("LT3239", $"slice_stream: what data showed of {p.Sum} is {(seen.Grams.GetValueOrDefault(keys[p.Sum].Key)?.Counts[0] > 0 ? "not finite" : "nothing")}", p.Sum.Name, "data that the model computes finite numbers of")])).ToList();
        var shared = Basis == StreamBasis.One ? Together(points) : [.. points.Select((_, i) => i)];
        var bases = shared.Distinct().ToDictionary(s => s, s =>
        {
            var sum = new double[squares[s].Length];
            foreach (var i in Enumerable.Range(0, points.Count).Where(i => shared[i] == s)) for (var k = 0; k < sum.Length; k++) sum[k] += squares[i][k];
            return SymmetricEigen.Of(sum, points[s].Full);
        });
        return [.. points.Select((p, i) => p.Along(bases[shared[i]], Kept(p.Full), squares[i], seen.Grams[keys[p.Sum].Key].Mean(0), Mean(p, seen)))];
    }

    /// <summary>For each point the first that it shares a stream with: one is a term of the other, as it is or normalized.</summary>
    private static int[] Together(List<StreamPoint> points)
    {
        var first = Enumerable.Range(0, points.Count).ToArray();
        for (var i = 0; i < points.Count; i++)
            foreach (var term in points[i].Terms)
                if (points.FindIndex(p => p.Full == points[i].Full && (p.Sum == term && p != points[i] || p.Norms.Any(n => n.Results.Any(r => r.Value == term)))) is >= 0 and var other)
                {
                    var (from, to) = (Math.Max(first[i], first[other]), Math.Min(first[i], first[other]));
                    for (var k = 0; k < first.Length; k++) if (first[k] == from) first[k] = to;
                }
        return first;
    }

    private static double[] Mean(StreamPoint point, Calibration seen) =>
        seen.Of(point.Sum.Name) is { } statistics && statistics.Channels.Axis == point.Sum.Type.Rank - 1 && statistics.Channels.Count == point.Full ? statistics.Channels.Mean : new double[point.Full];

    private static long Bytes(Graph graph) => graph.Weights.Sum(w => w.Planes.Sum(p => p.Length));
}
