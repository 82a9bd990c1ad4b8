using System.Collections.Immutable;
using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>Nodes of a model as uses of operators of the host.</summary>
internal static class HostNodes
{
    /// <param name="bodies">What runs the graphs inside.</param>
    public static HostNode Of(OnnxNode node, TensorReader tensors, IReadOnlyDictionary<string, HostBody>? bodies = null) => new(node.OpType, node.Domain, node.Name, node.Outputs.Count,
        node.Attributes.Where(a => Value(a.Value, tensors, node.Where) is not null).ToImmutableSortedDictionary(a => a.Key, a => Value(a.Value, tensors, node.Where)!, StringComparer.Ordinal), bodies ?? HostNode.NoBodies);

    /// <summary>Graphs in the attributes of a node, by name.</summary>
    public static IEnumerable<(string Name, GraphProto Graph)> Graphs(OnnxNode node) => node.Attributes.Values.Where(a => a.G is not null).Select(a => (a.Name, a.G));

    private static object? Value(AttributeProto attribute, TensorReader tensors, string where) => AttributeKinds.Of(attribute) switch
    {
        AttributeKind.Int => attribute.I,
        AttributeKind.Float => (double)attribute.F,
        AttributeKind.String => attribute.S.ToStringUtf8(),
        AttributeKind.Ints => attribute.Ints.ToImmutableArray(),
        AttributeKind.Floats => attribute.Floats.Select(f => (double)f).ToImmutableArray(),
        AttributeKind.Strings => attribute.Strings.Select(s => s.ToStringUtf8()).ToImmutableArray(),
        AttributeKind.Tensor => HostTensors.Of(tensors.Read(attribute.T, where)),
        _ => null,
    };
}
