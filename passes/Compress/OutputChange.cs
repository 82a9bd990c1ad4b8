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
    public static double Share(Calibration seen, Graph before)
    {
        var (off, whole) = (0.0, 0.0);
        foreach (var output in before.Outputs.Where(IsReal))
            if (seen.Of(output.Name) is { } y && seen.Of(output.Name + Change) is { } change) (off, whole) = (off + Square(change) * change.Count, whole + Square(y) * y.Count);
        return whole == 0 ? 0 : off / whole;
    }

    /// <summary>One graph that computes what both do, and the differences of their outputs.</summary>
    public static Graph Beside(Graph before, Graph after)
    {
        var others = new Dictionary<Value, Value>(before.Inputs.Zip(after.Inputs).Select(p => KeyValuePair.Create(p.Second, p.First)));
        Value Other(Value value) => others.TryGetValue(value, out var known) ? known : others[value] = new(value.Name + ".after", value.Type, value.Planes, value.IsWeight ? null : value.Known);
        var build = new GraphBuilder(before.Name, before.Inputs);
        foreach (var guard in before.Guards.Concat(after.Guards)) build.Check(guard);
        foreach (var node in before.Nodes.Concat(after.Nodes.Select(n => n.Map(Other)))) build.Add(node);
        return build.Return([.. before.Outputs, .. before.Outputs.Zip(after.Outputs).Where(p => IsReal(p.First)).Select(p => build.Add(p.First.Name + Change, new Sub(), p.First, Other(p.Second)))]);
    }

    private const string Change = ".change";

    private static double Square(ValueStatistics seen) => seen.Variance + seen.Mean * seen.Mean;

    private static bool IsReal(Value output) => output.Type.Scalar == Scalar.F32;
}
