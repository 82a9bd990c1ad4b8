using System.Collections.Immutable;
using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>
/// Splits a model: what no C ABI carries becomes steps of the host, what lies between them parts that are compiled. A part is as large as it can be: all
/// nodes that wait for the same number of turns of the host are one.
/// </summary>
internal sealed class HostLowering(ModelFile file, TensorReader tensors, string folder, Seq<DimBinding> dims, string name, Report report)
{
    private readonly HostPlan plan = new(file.Model);
    private readonly List<(string Name, ImportResult Import)> parts = [];

    public HostedModel Lower()
    {
        var (graph, scope) = (file.Model.Graph, new PlanScope(tensors));
        foreach (var weight in file.Initializers) scope.Add(weight);
        var inputs = graph.Input.Where(i => !scope.IsConstant(i.Name)).ToList();
        foreach (var input in inputs) scope.Set(input.Name, HostTypes.Of(input.Type) ?? throw new DiagnosticException(Faults.InputKind(input.Name, "of no type that is known", "export the model with the types of its inputs")));
        var program = Program(graph, [.. inputs.Select(i => new HostName(i.Name, scope[i.Name]!))], scope);
        return new(program, [.. parts]);
    }

    private HostProgram Program(GraphProto graph, ImmutableArray<HostName> inputs, PlanScope scope)
    {
        var nodes = plan.Nodes(graph, scope);
        var turns = Turns(nodes);
        var constants = new SortedDictionary<string, HostValue>(StringComparer.Ordinal);
        var steps = ImmutableArray.CreateBuilder<HostStep>();
        var outputs = graph.Output.Select(o => o.Name).ToList();
        foreach (var turn in turns.Distinct().Order().ToList())
        {
            var compiled = nodes.Where((n, i) => turns[i] == turn && n.Operator is null).ToList();
            var others = nodes.Where((n, i) => turns[i] != turn || n.Operator is not null).SelectMany(n => n.Reads).Concat(outputs).ToHashSet(StringComparer.Ordinal);
            if (compiled.Count > 0 && Part(compiled, others, scope) is { } call) steps.Add(call);
            foreach (var planned in nodes.Where((n, i) => turns[i] == turn && n.Operator is not null)) steps.Add(Step(planned, scope, constants));
        }
        foreach (var output in outputs.Where(scope.IsConstant)) constants[output] = scope.Value(output);
        return new(inputs, [.. outputs.Select(o => new HostName(o, scope[o] ?? throw new DiagnosticException(Faults.OutputNotMade(o, ""))))], constants.ToImmutableSortedDictionary(StringComparer.Ordinal), steps.ToImmutable());
    }

    /// <summary>How many turns of the host each node waits for: a compiled one runs before what the host does in its turn.</summary>
    private static List<int> Turns(List<PlannedNode> nodes)
    {
        var (turns, makers) = (new List<int>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var (i, node) in nodes.Index())
        {
            var before = node.Reads.Where(makers.ContainsKey).Select(name => makers[name]).ToList();
            turns.Add(before.Select(b => turns[b] + (node.Operator is null && nodes[b].Operator is not null ? 1 : 0)).DefaultIfEmpty().Max());
            foreach (var made in node.Makes) makers[made] = i;
        }
        return turns;
    }

    private HostStep Step(PlannedNode planned, PlanScope scope, SortedDictionary<string, HostValue> constants)
    {
        var node = planned.Node;
        foreach (var read in planned.Reads.Where(scope.IsConstant)) constants[read] = scope.Value(read);
        Seq<HostType?> x = [.. node.Inputs.Select(name => scope[name])];
        var use = HostNodes.Of(node, tensors);
        try
        {
            var regions = new SortedDictionary<string, HostProgram>(StringComparer.Ordinal);
            var bodies = HostNodes.Graphs(node).OrderBy(g => g.Name, StringComparer.Ordinal).Select(g =>
            {
                var before = parts.Count;
                return HostPlan.Settled(node, HostPlan.BodyInputs(node, g.Graph, x), inputs =>
                {
                    // A round whose types do not stay leaves no parts behind; of those that cannot be imported there are none.
                    parts.RemoveRange(before, parts.Count - before);
                    regions[g.Name] = Region(g.Graph, inputs, scope);
                    return [.. regions[g.Name].Outputs.Select(o => o.Type)];
                });
            }).ToList();
            foreach (var (name, type) in node.Outputs.Zip(bodies.Count > 0 ? HostPlan.Results(node, bodies) : [.. planned.Operator!.Infer(use, x)])) scope.Set(name, type);
            return new("", use, [.. node.Inputs], [.. node.Outputs], regions.ToImmutableSortedDictionary(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is TypeException or HostException) { throw new DiagnosticException(Faults.Misfit(node.Where, $"{node.OpType}: {e.Message}", string.Join(", ", x.Select(t => t?.ToString() ?? "none")))); }
    }

    private HostProgram Region(GraphProto graph, Seq<HostType> inputs, PlanScope scope)
    {
        var inner = scope.Inner();
        foreach (var (input, type) in graph.Input.Zip(inputs)) inner.Set(input.Name, type);
        return Program(graph, [.. graph.Input.Take(inputs.Count).Select(i => new HostName(i.Name, inner[i.Name]!))], inner);
    }

    /// <summary>Imports nodes as a model of their own.</summary>
    /// <param name="wanted">Names that something else reads.</param>
    /// <returns>The call; null where nobody wants what they make.</returns>
    private HostStep? Part(List<PlannedNode> nodes, IReadOnlySet<string> wanted, PlanScope scope)
    {
        var made = nodes.SelectMany(n => n.Makes).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<string> outputs = [.. nodes.SelectMany(n => n.Makes).Where(wanted.Contains)];
        if (outputs.IsEmpty) return null;
        var reads = nodes.SelectMany(n => n.Reads).Distinct(StringComparer.Ordinal).Where(name => !made.Contains(name)).ToList();
        ImmutableArray<string> inputs = [.. reads.Where(name => !scope.IsConstant(name))];
        var model = new ModelProto { IrVersion = file.Model.IrVersion, Graph = new GraphProto { Name = $"{name}_part{parts.Count}" } };
        model.OpsetImport.AddRange(file.Model.OpsetImport);
        model.Functions.AddRange(file.Model.Functions);
        model.Graph.Node.AddRange(reads.Select(scope.Constant).OfType<OnnxNode>().Concat(nodes.Select(n => n.Node)).Select(n => n.Proto));
        model.Graph.Input.AddRange(inputs.Select(input => new ValueInfoProto { Name = input, Type = HostTypes.Proto(scope[input]!) }));
        model.Graph.Output.AddRange(outputs.Select(output => new ValueInfoProto { Name = output }));
        var names = inputs.SelectMany(input => scope[input]!.Dims ?? []).ToHashSet(StringComparer.Ordinal);
        var axes = inputs.SelectMany(input => (scope[input]!.Dims ?? []).Select((_, axis) => string.Create(CultureInfo.InvariantCulture, $"{input}.{axis}"))).ToHashSet(StringComparer.Ordinal);
        var bound = dims.Where(d => names.Contains(d.Name) || axes.Contains(d.Name));
        // What a faulty part would have made is of no known kind, which needs no saying again.
        if (report.Errors > 0 && inputs.Any(input => scope[input]!.Element == "")) return null;
        try
        {
            var import = OnnxModel.Import(file with { Model = model, Initializers = [.. reads.Select(scope.Weight).OfType<StoredTensor>()] }, new ImportOptions([.. bound]), folder);
            foreach (var (output, value) in outputs.Zip(import.Graph.Outputs)) scope.Set(output, HostTypes.Of(value.Type, names));
            parts.Add((model.Graph.Name, import));
        }
        catch (DiagnosticException e) { report.Add(e.Diagnostics); } // what comes behind is read too, so that all that is wrong is said at once
        return new(model.Graph.Name, null, inputs, outputs, HostStep.NoRegions);
    }
}
