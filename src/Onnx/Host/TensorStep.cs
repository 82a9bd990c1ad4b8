using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx;

/// <summary>One step on tensors of a model that runs on the host: imported as a model of its own with everything known, and interpreted.</summary>
internal static class TensorStep
{
    public static IEnumerable<HostValue> Run(NodeProto node, Seq<HostValue?> x, ModelProto model, HostScope scope, CancellationToken cancellation)
    {
        if (x.FirstOrDefault(v => v is not null and not HostTensor) is { } other) throw new TypeException($"there is no such operator on {other.Kind}");
        var alone = new ModelProto { IrVersion = model.IrVersion, Graph = new GraphProto { Name = "step" } };
        alone.OpsetImport.AddRange(model.OpsetImport);
        alone.Functions.AddRange(model.Functions);
        alone.Graph.Node.Add(node);
        var constants = new List<(string Input, Tensor Contents)>();
        foreach (var (name, value) in node.Input.Zip(x, (name, value) => (name, value)).Concat(Subgraphs.Captured(node.Attribute).Select(name => (name, value: scope[name]))).Where(p => p.name != "").DistinctBy(p => p.name))
        {
            if (value is not HostTensor tensor) throw new TypeException($"its graphs read {name}, which is {value?.Kind ?? "not made"}");
            alone.Graph.Input.Add(new ValueInfoProto { Name = name, Type = HostTypes.Proto(tensor.Type) });
            constants.Add((name, tensor.Tensor));
        }
        alone.Graph.Output.AddRange(node.Output.Where(name => name != "").Select(name => new ValueInfoProto { Name = name }));
        var graph = OnnxModel.Import(alone, new ImportOptions(default, [.. constants])).Graph;
        var made = new Queue<Tensor>(Interpreter.Run(graph, [], cancellation));
        return [.. node.Output.Select(name => name == "" ? (HostValue)new HostAbsent() : made.Dequeue().OnHost)];
    }
}
