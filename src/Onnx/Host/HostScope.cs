using Lathe.Onnx.Host;
using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx;

/// <summary>Names and their values in a graph that runs on the host, and in the graphs around it.</summary>
/// <param name="model">What inner graphs and steps are read with: opsets and functions.</param>
/// <param name="around">The scope of the graph around.</param>
/// <param name="cancellation">Asked before each node, and by the interpreter.</param>
internal sealed class HostScope(ModelProto model, TensorReader tensors, CancellationToken cancellation, HostScope? around = null)
{
    private readonly Dictionary<string, HostValue> values = new(StringComparer.Ordinal);
    private readonly Opsets opsets = new(model.OpsetImport);

    public HostValue? this[string name] => name == "" ? null : values.GetValueOrDefault(name) ?? around?[name];

    public void Set(string name, HostValue value)
    {
        if (name != "") values[name] = value;
    }

    /// <summary>Runs nodes in order.</summary>
    /// <exception cref="DiagnosticException">A node cannot be run on what it is given.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end.</exception>
    public void Run(IEnumerable<NodeProto> nodes)
    {
        // A graph of no nodes, the body of a loop without end, is asked too.
        cancellation.ThrowIfCancellationRequested();
        foreach (var proto in nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(OnnxNode.Of(proto, Opsets.Domain(proto.Domain), opsets[proto.Domain] ?? 0));
        }
    }

    private void Run(OnnxNode node)
    {
        var where = node.Name != "" ? node.Name : node.OpType;
        Seq<HostValue?> x = [.. node.Inputs.Select(name => name == "" ? null : this[name] ?? throw new DiagnosticException(Faults.NotMade(name, where, "")))];
        try
        {
            Seq<HostType?> types = [.. x.Select(v => v?.Type)];
            if (HostRaise.Find(node, types) is { } raise)
            {
                foreach (var plain in raise.Apply(node, types)) Run(plain);
                return;
            }
            foreach (var (name, value) in node.Outputs.Zip(Results(node, x, types))) Set(name, value);
        }
        catch (Exception e) when (e is TypeException or HostException) { throw new DiagnosticException(Faults.Misfit(where, $"{node.OpType}: {e.Message}", string.Join(", ", x.Select(v => v?.Kind ?? "none")))); }
    }

    private IEnumerable<HostValue> Results(OnnxNode node, Seq<HostValue?> x, Seq<HostType?> types)
    {
        if (node is { OpType: "Constant", Domain: "" }) return [HostConstants.Of(node, tensors)];
        var bodies = HostNodes.Graphs(node).ToDictionary(g => g.Name, g => new HostBody(g.Graph.Output.Count, inputs => Run(g.Graph, inputs)), StringComparer.Ordinal);
        var use = HostNodes.Of(node, tensors, bodies);
        return HostList.All.Find(use, types) is { } op ? [.. op.Run(use, x)] : TensorStep.Run(node.Proto, x, model, this, cancellation);
    }

    /// <summary>Runs a graph that may read the names of this scope.</summary>
    /// <param name="inputs">One for each of its inputs, in order.</param>
    /// <returns>A value for each of its outputs.</returns>
    private IReadOnlyList<HostValue> Run(GraphProto graph, IReadOnlyList<HostValue> inputs)
    {
        var inner = new HostScope(model, tensors, cancellation, this);
        if (inputs.Count > graph.Input.Count) throw new TypeException($"the graph {graph.Name} has {graph.Input.Count} inputs, {inputs.Count} are given");
        for (var i = 0; i < inputs.Count; i++) inner.Set(graph.Input[i].Name, inputs[i]);
        foreach (var weight in graph.Initializer) inner.Set(weight.Name, HostTensors.Of(tensors.Read(weight, weight.Name)));
        inner.Run(graph.Node);
        return [.. graph.Output.Select(o => inner[o.Name] ?? throw new TypeException($"the graph {graph.Name} returns {o.Name}, which nothing makes"))];
    }
}
