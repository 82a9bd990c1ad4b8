using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>
/// Decides which nodes of a graph are the host's and in which turn each runs. Kinds and ranks of what compiled parts make are not known yet, only that it
/// is numbers.
/// </summary>
internal sealed class HostPlan(ModelProto model)
{
    /// <summary>Most rounds until the types that a loop carries stay.</summary>
    public const int MostRounds = 4;

    private readonly Opsets opsets = new(model.OpsetImport);

    /// <summary>The nodes in order, raised; constants go into the scope.</summary>
    /// <exception cref="DiagnosticException">A node does not fit what it reads.</exception>
    public List<PlannedNode> Nodes(GraphProto graph, PlanScope scope)
    {
        scope.Declare(graph.ValueInfo);
        foreach (var weight in graph.Initializer) scope.Add(new StoredTensor(weight, weight.RawData.IsEmpty ? null : Bytes.Of(weight.RawData.Span)));
        var all = new List<PlannedNode>();
        foreach (var proto in graph.Node) Add(OnnxNode.Of(proto, Opsets.Domain(proto.Domain), opsets[proto.Domain] ?? 0), scope, all);
        return all;
    }

    /// <summary>The inputs of a graph inside a node, as its operands give them, and where these say nothing, as the graph declares them.</summary>
    public static Seq<HostType> BodyInputs(OnnxNode node, GraphProto body, Seq<HostType?> x) => [.. Given(node, x).Select((type, i) => i < body.Input.Count ? type.Or(HostTypes.Of(body.Input[i].Type)) : type)];

    private static Seq<HostType> Given(OnnxNode node, Seq<HostType?> x) => node.OpType switch
    {
        "Loop" => [HostType.Tensor("i64", []), HostType.Tensor("bool", []), .. x.Skip(2).Select(t => t ?? HostType.Nothing)],
        "SequenceMap" => [.. x.Select(t => t is { Form: HostForm.Sequence, Of: { } item } ? item : t ?? HostType.Nothing)],
        _ => [],
    };

    /// <summary>The results of a node from what its graphs give.</summary>
    public static Seq<HostType> Results(OnnxNode node, IReadOnlyList<Seq<HostType>> bodies) => node.OpType switch
    {
        "If" => [.. bodies[0].Zip(bodies[1], (a, b) => a.Merge(b))],
        "SequenceMap" => [.. bodies[0].Select(HostType.Sequence)],
        _ => [.. bodies[0].Skip(1).Select((t, i) => i < node.Inputs.Count - 2 ? t : t with { Dims = t.Dims?.Insert(0, HostType.Open) })],
    };

    /// <summary>Runs over a graph inside a node until the types that it carries from turn to turn stay.</summary>
    /// <param name="over">What a graph gives for these inputs.</param>
    public static Seq<HostType> Settled(OnnxNode node, Seq<HostType> inputs, Func<Seq<HostType>, Seq<HostType>> over)
    {
        for (var round = 1; ; round++)
        {
            var outputs = over(inputs);
            if (node.OpType != "Loop") return outputs;
            Seq<HostType> next = [.. inputs[..2], .. inputs.Skip(2).Zip(outputs.Skip(1), (a, b) => a.Merge(b))];
            if (round == MostRounds || next.SequenceEqual(inputs)) return outputs;
            inputs = next;
        }
    }

    private void Add(OnnxNode node, PlanScope scope, List<PlannedNode> all)
    {
        if (node is { OpType: "Constant", Domain: "" })
        {
            scope.Add(node);
            return;
        }
        var where = node.Where;
        Seq<HostType?> x = [.. node.Inputs.Select(name => name == "" ? null : scope[name] ?? throw new DiagnosticException(Faults.NotMade(name, where, "")))];
        try
        {
            if (HostRaise.Find(node, x) is { } raise)
            {
                foreach (var plain in raise.Apply(node, x)) Add(plain, scope, all);
                return;
            }
            var use = HostNodes.Of(node, scope.Tensors);
            var isControl = node.Domain == "" && node.OpType is "If" or "Loop" or "SequenceMap";
            var op = HostList.All.Find(use, x);
            Seq<HostType> results;
            if (isControl)
            {
                var isHosts = node.OpType == "SequenceMap" || x.Any(t => t is { IsTensor: false }) || Subgraphs.Captured(node.Attributes.Values).Any(name => scope[name] is { IsTensor: false });
                var bodies = HostNodes.Graphs(node).OrderBy(g => g.Name, StringComparer.Ordinal).Select(g => Settled(node, BodyInputs(node, g.Graph, x), inputs => Outputs(g.Graph, inputs, scope, ref isHosts))).ToList();
                if (!isHosts) op = null;
                results = isHosts ? Results(node, bodies) : [.. node.Outputs.Select(_ => HostType.Tensor(""))];
            }
            else results = op is null ? Compiled(node, x) : [.. op.Infer(use, x)];
            foreach (var (name, type) in node.Outputs.Zip(results)) scope.Set(name, type);
            all.Add(new(node, op));
        }
        catch (Exception e) when (e is TypeException or HostException) { throw new DiagnosticException(Faults.Misfit(where, $"{node.OpType}: {e.Message}", string.Join(", ", x.Select(t => t?.ToString() ?? "none")))); }
    }

    private static Seq<HostType> Compiled(OnnxNode node, Seq<HostType?> x) => x.FirstOrDefault(t => t is { IsTensor: false }) is { } other
        ? throw new TypeException($"there is no such operator on {other}") : [.. node.Outputs.Select(_ => HostType.Tensor(""))];

    private Seq<HostType> Outputs(GraphProto graph, Seq<HostType> inputs, PlanScope scope, ref bool isHosts)
    {
        var inner = scope.Inner();
        foreach (var (input, type) in graph.Input.Zip(inputs)) inner.Set(input.Name, type);
        isHosts |= Nodes(graph, inner).Any(n => n.Operator is not null);
        Seq<HostType> outputs = [.. graph.Output.Select(o => inner[o.Name] ?? throw new TypeException($"the graph {graph.Name} returns {o.Name}, which nothing makes"))];
        isHosts |= outputs.Any(o => !o.IsTensor);
        return outputs;
    }
}
