using Lathe.Passes;
using Lathe.Passes.Checking;

namespace Lathe.Cli.Seeing;

/// <summary>What each pass made of a model, in order: how many steps are left, how many bytes of weights, what changed. No time: a page of one model is the same wherever it is made.</summary>
internal sealed class PassTrail(Module source) : IPassObserver
{
    private readonly List<Stop> stops = [new("import", source.Steps, source.Calls, source.WeightBytes, "", source.Graph, Stage.Import)];
    private Module before = source;

    /// <summary>The graph before its steps are divided into kernels: what is drawn. Null where a program was given.</summary>
    public Graph? Drawn => stops.LastOrDefault(s => s.Graph is not null && s.Stage < Stage.Fuse)?.Graph;

    public void Ran(Pass pass, int number, Module module, TimeSpan time)
    {
        var changes = ReferenceEquals(before, module) ? [] : new ModuleDifference(before, module).Changes;
        stops.Add(new(pass.Name, module.Steps, module.Calls, module.WeightBytes, string.Join(", ", changes.CountBy(c => c.Fate).Select(c => $"{c.Value.ToString(CultureInfo.InvariantCulture)} {RecordText.Show(c.Key)}")), module.Graph, pass.Stage));
        before = module;
    }

    public string Table()
    {
        var (steps, kernels, weights) = (stops.Max(s => s.Steps), stops.Max(s => s.Kernels), stops.Max(s => s.Weights));
        return Html.Table(["", "pass", "steps", "kernels", "weights", "what changed"], stops.Select((s, i) => (IEnumerable<string>)
            [Html.Count(i), Html.Cell(s.Pass), Html.Bar(s.Steps, steps, Html.Number(s.Steps)), Html.Bar(s.Kernels, kernels, Html.Number(s.Kernels)), Html.Bar(s.Weights, weights, Quantity.Bytes(s.Weights)), Html.Cell(s.Changes)]));
    }

    private sealed record Stop(string Pass, int Steps, int Kernels, long Weights, string Changes, Graph? Graph, Stage Stage);
}
