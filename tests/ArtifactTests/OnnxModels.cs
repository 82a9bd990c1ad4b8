using Google.Protobuf;
using Lathe.Onnx.Proto;

namespace Lathe.ArtifactTests;

/// <summary>Real models with nodes of somebody's own: what a trainer with a domain of its own writes.</summary>
internal static class OnnxModels
{
    /// <summary>A model whose nodes of one operator are another's.</summary>
    /// <param name="path">The model.</param>
    /// <param name="from">The operator of ONNX that goes.</param>
    /// <param name="domain">Of the operator that comes.</param>
    public static byte[] With(string path, string from, string domain, string to, params (string Name, float Value)[] attributes)
    {
        var model = ModelProto.Parser.ParseFrom(Expanded(path, from, node =>
        {
            (node.OpType, node.Domain) = (to, domain);
            node.Attribute.Clear();
            node.Attribute.AddRange(attributes.Select(a => new AttributeProto { Name = a.Name, F = a.Value, Type = 1 }));
            return [node];
        }));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        return model.ToByteArray();
    }

    /// <summary>A model whose Relu is a formula of other operators of ONNX's, as exporters write an activation that has no name.</summary>
    /// <param name="steps">Operators and their operands; <c>x</c> is what Relu read, others are the operators before by name. The last makes the result.</param>
    public static byte[] WithActivation(string path, params (string Op, string[] Operands)[] steps) => Expanded(path, "Relu", node => steps.Select(step =>
    {
        string Name(string word) => word == "x" ? node.Input[0] : word == steps[^1].Op ? node.Output[0] : $"{node.Output[0]}/{word}";
        var made = new NodeProto { OpType = step.Op };
        made.Input.AddRange(step.Operands.Select(Name));
        made.Output.Add(Name(step.Op));
        return made;
    }));

    private static byte[] Expanded(string path, string op, Func<NodeProto, IEnumerable<NodeProto>> nodes)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        var all = model.Graph.Node.SelectMany(n => n.OpType == op ? nodes(n) : [n]).ToList();
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(all);
        return model.ToByteArray();
    }
}
