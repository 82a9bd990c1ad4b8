using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Follows one node through the passes: where it stands after each, as far as that changes.</summary>
/// <param name="name">A value that it makes.</param>
internal sealed class NodeWay(string name) : IPassObserver
{
    private readonly List<(string Pass, string Where)> places = [];
    private readonly HashSet<string> kernels = new(StringComparer.Ordinal), schedules = new(StringComparer.Ordinal);

    public void Ran(Pass pass, int number, Module module, TimeSpan time)
    {
        places.Add((pass.Name, Where(module) ?? "gone: what it computed is part of other steps, or nobody reads it"));
        if (pass.Stage == Stage.Lower && module.Program is { } program && CallOf(program) is { } call) kernels.Add(call.Kernel);
        if (pass.Stage == Stage.Schedule) schedules.Add(pass.Name);
    }

    /// <summary>What each pass did to it, then what it noted about it, or about what it was made part of.</summary>
    /// <param name="start">Where it stood before the first.</param>
    /// <param name="notes">What the passes noted.</param>
    public IEnumerable<(string Pass, string What)> Steps(string start, Seq<Note> notes)
    {
        var previous = start;
        foreach (var (pass, where) in places)
        {
            if (where != previous) yield return (pass, where);
            previous = where;
            foreach (var note in notes.Where(n => n.Pass == pass && (IsOurs(n.Node) || OfKernel(n)) && !where.EndsWith(n.Text, StringComparison.Ordinal))) yield return (pass, note.Node == name || OfKernel(note) ? note.Text : $"{note.Node}: {note.Text}");
        }
    }

    /// <summary>Where it stands in a module; null where nothing makes the value.</summary>
    public string? Where(Module module)
    {
        if (module.Program is { } program)
        {
            if (CallOf(program) is not { } call) return program.Once.Any(c => c.Info?.Nodes.Contains(name) == true || c.Name == name) ? "runs once, in the compiler" : null;
            return $"call {call.Name} of kernel {call.Kernel}{(call.Info?.Template is { Length: > 0 } template ? $": {template}" : "")}";
        }
        foreach (var node in module.MustBeGraph.Nodes)
            foreach (var step in node.Body?.Nodes ?? [node])
                if (step.Results.FirstOrDefault(v => v.Name == name) is { } value)
                    return $"{value} = {step.Op.Name}({string.Join(", ", step.Operands.Select(v => v?.ToString() ?? "_").Concat(RecordText.Attributes(step.Op).Select(a => $"{a.Name}={RecordText.Show(a.Value)}")))}) : {value.Type}{(node.Body is null ? "" : $", in the group {node.Result}")}";
        return null;
    }

    /// <summary>The call that computes it; null where there is none.</summary>
    private CallKernel? CallOf(Program program) => program.Steps.Calls.FirstOrDefault(c => c.Info?.Nodes.Contains(name) == true || c.Name == name);

    /// <summary>Schedules are of kernels, which several calls may share.</summary>
    private bool OfKernel(Note note) => schedules.Contains(note.Pass) && kernels.Contains(note.Node);

    /// <summary>Notes about the value itself, and about values made in its place.</summary>
    private bool IsOurs(string noted) => noted == name || noted.StartsWith(name + ".", StringComparison.Ordinal);
}
