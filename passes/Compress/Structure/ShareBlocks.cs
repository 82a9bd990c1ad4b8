using System.ComponentModel;
using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>
/// Neighbouring residual blocks of one structure have one set of matrices: of the two, the one that the other's matrices stand in for best gives its own up. Vectors stay its own, and what it
/// adds is set right channel by channel, by least squares. Liu and others, FoldGPT: Simple and Effective Large Language Model Compression Scheme (2024).
/// </summary>
/// <param name="Count">How many blocks give theirs up.</param>
[Description("neighbouring residual blocks share their matrices where sums change least: share_blocks(count=2)")]
public sealed record ShareBlocks(int Count) : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;

    /// <summary>What a trial showed.</summary>
    /// <param name="Share">Of the sum's mean square, what it is off by.</param>
    private sealed record Found(BlockPair Pair, double Share, double? Unseen, int Axis, double[] Scale, double[] Shift);

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        if (Count < 1) throw new DiagnosticException([new("LT3235", $"share_blocks: count={Count} shares nothing", "", "at least 1")]);
        var pairs = BlockPair.Of([.. ResidualBlock.Of(graph).Where(b => ActsOn(b.Sum))]);
        var (build, names, trials) = (new GraphBuilder(graph.Name, graph.Inputs), new Surroundings(graph), new List<(BlockPair Pair, Value Other, Value Change)>());
        foreach (var guard in graph.Guards) build.Check(guard);
        foreach (var node in graph.Nodes) build.Add(node);
        foreach (var pair in pairs)
        {
            var now = new Dictionary<Value, Value>(pair.Matrices);
            foreach (var step in pair.Taker.Steps) build.Add(step.Map(v => now.TryGetValue(v, out var known) ? known : step.Results.Contains(v) ? now[v] = new(names.Fresh(v.Name + ".trial"), v.Type, default, v.Known) : v));
            var other = now[pair.Taker.Branch];
            trials.Add((pair, other, build.Add(names.Fresh(other.Name + ".change"), new Sub(), pair.Taker.Branch, other)));
        }
        var seen = trials.Count == 0 ? [] : compilation.Watcher?.Invoke(build.Return(graph.Outputs), [.. trials.SelectMany(t => new[] { t.Pair.Taker.Branch, t.Pair.Taker.Sum.Result, t.Other, t.Change })]) ?? [];
        if (trials.Count > 0 && seen.Count == 0) throw new DiagnosticException([new("LT3235", "share_blocks: which blocks are alike shows in data, and none was run", "", "--calibrate DATA: the data itself, no statistics of it")]);
        var found = trials.Select(t => Measure(t.Pair, t.Other, t.Change, seen)).OfType<Found>().OrderBy(f => f.Share).ToList();
        var chosen = new List<Found>();
        foreach (var one in found)
            // Neither taker may be part of what another pair takes or gives: blocks lie in blocks.
            if (chosen.Count < Count && !chosen.Exists(c => Meet(c.Pair.Taker, one.Pair.Taker) || Meet(c.Pair.Taker, one.Pair.Giver) || Meet(c.Pair.Giver, one.Pair.Taker))) chosen.Add(one);
        if (chosen.Count < Count) throw new DiagnosticException([new("LT3236", $"share_blocks: {Count} blocks are to share, the model has {chosen.Count} that can", "", chosen.Count == 0 ? "two blocks x + f(x) share where f is the same steps over matrices of the same shapes, and nothing else reads what they make" : $"count={chosen.Count} at most")]);
        foreach (var one in chosen)
            compilation.Notes.Add(Name, one.Pair.Taker.Sum.Result.Name, string.Create(CultureInfo.InvariantCulture, $"its matrices ({one.Pair.Matrices.Count}) are those of the block that adds {one.Pair.Giver.Branch}: the sum is off by {one.Share:0.0E+0} of its mean square{(one.Unseen is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({one.Unseen:0.0E+0} on unseen data)"))}"));
        var result = Shared(graph, chosen, names);
        OutputChange.Note(Name, graph, result, compilation);
        (compilation.Calibration, compilation.Unseen) = (null, null);
        return result;
    }

    private static bool Meet(ResidualBlock a, ResidualBlock b) => a == b || a.Steps.Any(b.Steps.Contains);

    /// <summary>f by a line through f', channel by channel: from the variances of both and of their difference. Null where channels are not told apart.</summary>
    private static Found? Measure(BlockPair pair, Value other, Value change, IReadOnlyList<Calibration> all)
    {
        var (axis, scale, shift) = (-1, Array.Empty<double>(), Array.Empty<double>());
        var shares = new List<double>();
        foreach (var seen in all)
        {
            if (seen.Of(pair.Taker.Branch.Name)?.Channels is not { } f || seen.Of(other.Name)?.Channels is not { } g || seen.Of(change.Name)?.Channels is not { } d || seen.Of(pair.Taker.Sum.Result.Name) is not { } y || f.Axis < 0 || g.Axis != f.Axis || d.Axis != f.Axis) return null;
            double Both(int c) => (f.Variance[c] + g.Variance[c] - d.Variance[c]) / 2;
            if (axis < 0)
            {
                (axis, scale) = (f.Axis, [.. Enumerable.Range(0, f.Count).Select(c => g.Variance[c] > 0 ? Both(c) / g.Variance[c] : 0)]);
                shift = [.. scale.Select((a, c) => f.Mean[c] - a * g.Mean[c])];
            }
            // E(f - a·f' - b)² of each channel.
            var off = scale.Select((a, c) => f.Variance[c] - 2 * a * Both(c) + a * a * g.Variance[c] + Math.Pow(f.Mean[c] - a * g.Mean[c] - shift[c], 2)).Average();
            shares.Add(Math.Max(0, off) / Math.Max(double.Epsilon, y.Variance + y.Mean * y.Mean));
        }
        return new(pair, shares[0], shares.Count > 1 ? shares[1] : null, axis, scale, shift);
    }

    private static Graph Shared(Graph graph, List<Found> chosen, Surroundings names)
    {
        var build = new GraphBuilder(graph.Name, graph.Inputs);
        foreach (var guard in graph.Guards) build.Check(guard);
        foreach (var node in graph.Nodes)
        {
            if (chosen.Find(c => c.Pair.Taker.Steps.Contains(node)) is not { } one)
            {
                build.Add(node);
                continue;
            }
            var step = node.Map(v => one.Pair.Matrices.GetValueOrDefault(v, v));
            var branch = one.Pair.Taker.Branch;
            if (!node.Results.Contains(branch))
            {
                build.Add(step);
                continue;
            }
            Value Row(string name, double[] numbers) => Constants.Of(names.Fresh(branch.Name + name), new([numbers.Length, .. Enumerable.Repeat((Expr)1, branch.Type.Rank - 1 - one.Axis)], Scalar.F32), numbers);
            var made = new Value(names.Fresh(branch.Name + ".shared"), branch.Type);
            build.Add(step.Map(v => v == branch ? made : v));
            build.Add(new Node(new Add(), [build.Add(names.Fresh(branch.Name + ".scaled"), new Mul(), made, Row(".scale", one.Scale)), Row(".shift", one.Shift)], [branch]));
        }
        return DeadSteps.Drop(build.Return(graph.Outputs));
    }
}
