using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>What a model file holds, whether it can be compiled or not.</summary>
/// <param name="Inputs">What a run must give, in the order of the file.</param>
/// <param name="Outputs">As the file orders them.</param>
/// <param name="Operators">How often each stands in the model, those of inner graphs included; in ordinal order. Other domains than the standard one before the name.</param>
/// <param name="Parameters">Numbers in the weights.</param>
public sealed record ModelOutline(Seq<OutlineInput> Inputs, Seq<string> Outputs, Seq<(string Operator, int Count)> Operators, long Parameters)
{
    /// <summary>The extents that the file declares of each output, as those of <see cref="OutlineInput"/>; none where it declares none.</summary>
    public Seq<Seq<string>> OutputDims { get; init; }

    /// <exception cref="DiagnosticException">The file cannot be read as a model.</exception>
    public static ModelOutline Read(string path)
    {
        var file = ModelFile.Read(path);
        var graph = file.Model.Graph;
        var weights = file.Initializers.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return new([.. graph.Input.Where(i => !weights.Contains(i.Name)).Select(OutlineInput.Of)], [.. graph.Output.Select(o => o.Name)],
            [.. Nodes(graph.Node).GroupBy(Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Count()))],
            file.Initializers.Sum(t => t.Header.Dims.Aggregate(1L, (size, extent) => unchecked(size * extent))))
        { OutputDims = [.. graph.Output.Select(o => OutlineInput.Of(o).Dims)] };
    }

    /// <summary>The first value that a node makes, by the node's own name; null where the file names none so.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read as a model.</exception>
    public static string? MadeBy(string path, string node) => Nodes(ModelFile.Read(path).Model.Graph.Node).FirstOrDefault(n => n.Name == node)?.Output.FirstOrDefault(o => o != "");

    private static string Name(NodeProto node) => Opsets.Domain(node.Domain) is "" ? node.OpType : $"{node.Domain}::{node.OpType}";

    private static IEnumerable<NodeProto> Nodes(IEnumerable<NodeProto> nodes) =>
        nodes.SelectMany(n => Nodes(n.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Append(a.G)).SelectMany(g => g.Node)).Prepend(n));
}

/// <summary>An input as the file declares it.</summary>
/// <param name="Kind">Of its elements; empty where it is no tensor.</param>
/// <param name="Dims">A number, a name, or ? for each axis.</param>
public sealed record OutlineInput(string Name, string Kind, Seq<string> Dims)
{
    internal static OutlineInput Of(ValueInfoProto input)
    {
        var tensor = input.Type?.TensorType;
        return new(input.Name, tensor is null ? "" : ElementKinds.Of(tensor.ElemType)?.Text ?? "", [.. tensor?.Shape?.Dim.Select(Text) ?? []]);
    }

    private static string Text(TensorShapeProto.Types.Dimension dim) =>
        dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dim.DimValue >= 0 ? dim.DimValue.ToString(CultureInfo.InvariantCulture) : dim.DimParam is "" ? "?" : dim.DimParam;

    public override string ToString() => $"{Name}: {(Kind == "" ? "no tensor" : $"tensor<[{string.Join(", ", Dims)}], {Kind}>")}";
}
