using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Where values come from: names of a model survive every pass, and what a pass makes anew is called after the value it stands for,
/// with more behind a dot or a colon (<c>y.product</c>, <c>w.panels</c>). So every name, in every dump and every profile, leads back to the model.
/// </summary>
/// <param name="names">Of the model's values.</param>
public sealed class Origins(IEnumerable<string> names)
{
    private readonly HashSet<string> known = new(names, StringComparer.Ordinal);

    public static Origins Of(Module module) => new(Names(module).Distinct(StringComparer.Ordinal));

    /// <summary>The value of the model that a name leads back to: the longest that it begins with; null where there is none.</summary>
    public string? Of(string name)
    {
        for (var end = name.Length; end > 0; end = name.LastIndexOfAny(['.', ':'], end - 1))
            if (known.Contains(name[..end])) return name[..end];
        return null;
    }

    /// <summary>What every pass must keep: a fault for each name that leads nowhere.</summary>
    public IEnumerable<string> Check(Module module) => Names(module).Distinct(StringComparer.Ordinal).Where(name => Of(name) is null)
        .Select(name => $"%{NameText.Sigiled(name)} is called after no value of the model: call what a pass makes as what it stands for, with more behind a dot");

    private static IEnumerable<string> Names(Module module) => module.Graph is { } graph ? Names(graph) : Names(module.MustBeProgram);

    private static IEnumerable<string> Names(Program program) => program.Slots.Select(s => s.Name).Concat(program.Steps.Calls.SelectMany(c => (c.Info?.Nodes ?? []).Append(c.Name)));

    private static IEnumerable<string> Names(Graph graph) => graph.Inputs.Concat(graph.Weights).Concat(graph.Outputs).Select(v => v.Name)
        .Concat(graph.Nodes.SelectMany(n => n.Results.Select(v => v.Name).Concat(n.Regions.SelectMany(Names))));
}
