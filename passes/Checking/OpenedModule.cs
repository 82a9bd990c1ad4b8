using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>A module that gives all it computes, not only its outputs: to find the first value that is wrong, and what a part of it would be given.</summary>
internal sealed class OpenedModule
{
    private readonly Module module;

    private OpenedModule(Module module, Seq<string> names) => (this.module, Names) = (module, names);

    /// <summary>Of the values, in the order they are made.</summary>
    public Seq<string> Names { get; }

    public static OpenedModule Of(Module module) => module.Graph is { } graph ? Of(graph) : Of(module.MustBeProgram);

    /// <summary>Each value by its name.</summary>
    public Dictionary<string, Tensor> Run(ModuleRunner run, IReadOnlyList<Tensor> inputs) => Names.Zip(run(module, inputs)).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);

    /// <summary>Groups taken apart, every value plainly stored and returned; what is encoded stays inside.</summary>
    private static OpenedModule Of(Graph graph)
    {
        var unordered = new Dictionary<Value, Value>();
        var plain = graph.Map(v => v.Type.Order is [] ? v : unordered.TryGetValue(v, out var known) ? known : unordered[v] = v.With(v.Type with { Order = [] }));
        Seq<Node> steps = [.. plain.Nodes.SelectMany(n => n.Body is { } body ? body.Nodes : [n])];
        Seq<Value> values = [.. steps.SelectMany(n => n.Results).Where(v => v.Type.Encoding is Dense)];
        return new(new(plain with { Nodes = steps, Outputs = values }), [.. values.Select(v => v.Name)]);
    }

    /// <summary>Slots that one step fills; those that several share hold only what came last.</summary>
    private static OpenedModule Of(Program program)
    {
        var (slots, kernels) = (program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal), program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal));
        Seq<string> filled = [.. program.Steps.Calls.SelectMany(c => c.Arguments.Skip(kernels[c.Kernel].Inputs.Count))];
        var once = filled.CountBy(name => name, StringComparer.Ordinal).Where(c => c.Value == 1).Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        // What only a branch or a loop fills may hold nothing.
        Seq<string> names = [.. program.Steps.OfType<CallKernel>().SelectMany(c => c.Arguments.Skip(kernels[c.Kernel].Inputs.Count)).Where(once.Contains)];
        return new(new(program with
        {
            Slots = [.. program.Slots.Select(s => once.Contains(s.Name) && s.Kind == SlotKind.Arena ? s with { Kind = SlotKind.Output, Offset = 0 } : s)],
            Outputs = [.. names.Select(name => new Value(name, new TensorType([slots[name].Size], slots[name].Scalar)))],
        }), names);
    }
}
