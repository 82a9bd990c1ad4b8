using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>What compressing did to a graph's outputs: both graphs run side by side on data, and the mean square of their difference is told as a share of that of the output.</summary>
internal static class OutputChange
{
    /// <summary>Notes it, of the data that was calibrated on and of unseen data, where there is any to run.</summary>
    /// <param name="pass">Under whose name.</param>
    public static void Note(string pass, Graph before, Graph after, Compilation compilation)
    {
        if (compilation.Watcher is null || !before.Outputs.Any(IsReal)) return;
        var both = Beside(before, after);
        var shares = compilation.Watcher(both, both.Outputs).Select(seen => Share(seen, before)).ToList();
        if (shares.Count == 0) return;
        compilation.Notes.Add(pass, before.Outputs.First(IsReal).Name, string.Create(CultureInfo.InvariantCulture, $"outputs are off by {shares[0]:0.0E+0} of their mean square{(shares.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({shares[1]:0.0E+0} on unseen data)") : "")}"));
    }

    /// <summary>Σ E|y - ŷ|² over Σ E|y|² of the outputs.</summary>
    /// <param name="other">Which of the graphs beside the first.</param>
    public static double Share(Calibration seen, Graph before, int other = 0)
    {
        var (off, whole) = (0.0, 0.0);
        foreach (var output in before.Outputs.Where(IsReal))
            if (seen.Of(output.Name) is { } y && seen.Of(Changed(output.Name, other)) is { } change) (off, whole) = (off + Square(change) * change.Count, whole + Square(y) * y.Count);
        return whole == 0 ? 0 : off / whole;
    }

    /// <summary>One graph that computes what all do, and the differences of their outputs from those of the first. What others compute as the first does is computed once.</summary>
    public static Graph Beside(Graph before, params IReadOnlyList<Graph> others)
    {
        var build = new GraphBuilder(before.Name, before.Inputs);
        foreach (var guard in others.Prepend(before).SelectMany(graph => graph.Guards)) build.Check(guard);
        foreach (var node in before.Nodes) build.Add(node);
        var mine = before.Nodes.DistinctBy(node => node.Result.Name).ToDictionary(node => node.Result.Name, StringComparer.Ordinal);
        var own = before.Nodes.SelectMany(node => node.Reads).Where(v => v.IsWeight).ToHashSet();
        var outputs = before.Outputs.ToList();
        foreach (var (index, after) in others.Index())
        {
            var map = new Dictionary<Value, Value>(before.Inputs.Zip(after.Inputs).Select(p => KeyValuePair.Create(p.Second, p.First)));
            Value Other(Value value) => map.TryGetValue(value, out var known) ? known
                : map[value] = own.Contains(value) ? value : new($"{value.Name}.after{(index == 0 ? "" : (index + 1).ToString(CultureInfo.InvariantCulture))}", value.Type, value.Planes, value.IsWeight ? null : value.Known);
            foreach (var node in after.Nodes)
            {
                if (mine.TryGetValue(node.Result.Name, out var same) && same.Op.Equals(node.Op) && same.Op is not RegionOp && same.Operands.SequenceEqual(node.Operands.Select(v => v is null ? null : Other(v))) && same.Results.Zip(node.Results).All(p => p.First.Type.Equals(p.Second.Type)))
                    foreach (var (result, shared) in node.Results.Zip(same.Results)) map[result] = shared;
                else build.Add(node.Map(Other));
            }
            outputs.AddRange(before.Outputs.Zip(after.Outputs).Where(p => IsReal(p.First)).Select(p => build.Add(Changed(p.First.Name, index), new Sub(), p.First, Other(p.Second))));
        }
        return build.Return([.. outputs]);
    }

    private static string Changed(string output, int other) => $"{output}.change{(other == 0 ? "" : (other + 1).ToString(CultureInfo.InvariantCulture))}";

    private static double Square(ValueStatistics seen) => seen.Variance + seen.Mean * seen.Mean;

    private static bool IsReal(Value output) => output.Type.Scalar == Scalar.F32;
}
