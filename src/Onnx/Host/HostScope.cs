using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Names and their values in a graph that runs on the host, and in the graphs around it.</summary>
/// <param name="model">What inner graphs and steps are read with: opsets and functions.</param>
/// <param name="around">The scope of the graph around.</param>
internal sealed class HostScope(ModelProto model, TensorReader tensors, HostScope? around = null)
{
    private readonly Dictionary<string, HostValue> values = new(StringComparer.Ordinal);

    public TensorReader Tensors => tensors;

    public HostValue? this[string name] => name == "" ? null : values.GetValueOrDefault(name) ?? around?[name];

    public void Set(string name, HostValue value)
    {
        if (name != "") values[name] = value;
    }

    /// <summary>Runs a graph that may read the names of this scope.</summary>
    /// <param name="inputs">One for each of its inputs, in order.</param>
    /// <returns>A value for each of its outputs.</returns>
    public Seq<HostValue> Run(GraphProto graph, params Seq<HostValue> inputs)
    {
        var inner = new HostScope(model, tensors, this);
        if (inputs.Count > graph.Input.Count) throw new TypeException($"the graph {graph.Name} has {graph.Input.Count} inputs, {inputs.Count} are given");
        for (var i = 0; i < inputs.Count; i++) inner.Set(graph.Input[i].Name, inputs[i]);
        foreach (var weight in graph.Initializer) inner.Set(weight.Name, HostValue.Of(tensors.Read(weight, weight.Name)));
        inner.Run(graph.Node);
        return [.. graph.Output.Select(o => inner[o.Name] ?? throw new TypeException($"the graph {graph.Name} returns {o.Name}, which nothing makes"))];
    }

    /// <summary>Runs one step on tensors, or on what the host's operators take.</summary>
    /// <param name="node">Its operands' names do not count.</param>
    public IEnumerable<HostValue> Step(OnnxNode node, params Seq<HostValue?> x)
    {
        if (x.Any(v => v is HostText) && HostOp.Find(node.Domain, node.OpType, x) is { } op) return op.Run(node, x, this);
        var proto = new NodeProto { OpType = node.OpType, Domain = node.Domain, Name = node.Name };
        proto.Input.AddRange(x.Select((v, i) => v is null ? "" : $"operand{i}"));
        proto.Output.AddRange(node.Outputs.Select((name, i) => name == "" ? "" : $"result{i}"));
        proto.Attribute.AddRange(node.Attributes.Values);
        // A node that was made here is of the newest opset, one of the file of the file's.
        var with = model;
        if (node.Opset == Opsets.Newest && node.Domain == "")
        {
            with = new ModelProto { IrVersion = Opsets.NewestIr };
            with.OpsetImport.Add(new OperatorSetIdProto { Version = Opsets.Newest });
        }
        return TensorStep.Run(proto, x, with, this);
    }

    /// <summary>Runs nodes in order.</summary>
    /// <exception cref="DiagnosticException">A node cannot be run on what it is given.</exception>
    public void Run(IEnumerable<NodeProto> nodes)
    {
        var opsets = new Opsets(model.OpsetImport);
        foreach (var proto in nodes)
        {
            var domain = Opsets.Domain(proto.Domain);
            var where = proto.Name != "" ? proto.Name : proto.OpType;
            Seq<HostValue?> x = [.. proto.Input.Select(name => name == "" ? null : this[name] ?? throw new DiagnosticException(Faults.NotMade(name, where, "")))];
            try
            {
                var results = HostOp.Find(domain, proto.OpType, x) is { } op ? op.Run(OnnxNode.Of(proto, domain, opsets[domain] ?? 0), x, this)
                    : TensorStep.Run(proto, x, model, this);
                foreach (var (name, value) in proto.Output.Zip(results)) Set(name, value);
            }
            catch (TypeException e) { throw new DiagnosticException(Faults.Misfit(where, $"{proto.OpType}: {e.Message}", string.Join(", ", x.Select(v => v?.Kind ?? "none")))); }
        }
    }
}
