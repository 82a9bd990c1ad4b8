using Google.Protobuf;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>A model file, mapped: its parts but for the weights parsed, the weights left in place.</summary>
/// <param name="Contents">The whole file.</param>
/// <param name="Model">The model; its graph lists no initializers.</param>
/// <param name="Initializers">The graph's weights, in the order of the file.</param>
/// <param name="Places">Where the raw data of large tensors in attributes lies, which the tensors themselves leave out: some exporters write every weight as a Constant.</param>
internal sealed record ModelFile(Bytes Contents, ModelProto Model, IReadOnlyList<StoredTensor> Initializers, IReadOnlyDictionary<TensorProto, Bytes> Places)
{
    private const int Graph = 7;
    /// <summary>Nodes of more bytes are walked, so that no tensor in them is copied.</summary>
    private const int LargeNode = 4096;
    private static readonly int[] ModelFields = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26];

    /// <summary>Maps and walks a file.</summary>
    /// <exception cref="DiagnosticException">It cannot be read as a model.</exception>
    public static ModelFile Read(string path)
    {
        var file = Map(path);
        if (file.Length == 0) throw new DiagnosticException(Faults.EmptyFile());
        var (model, initializers, places, recognised) = (new ModelProto(), new List<StoredTensor>(), new Dictionary<TensorProto, Bytes>(ReferenceEqualityComparer.Instance), 0);
        try
        {
            var fields = new Wire(file);
            while (fields.Next(out var field))
            {
                if (field is { Number: Graph, Type: Field.Delimited }) ReadGraph(file, field, model.Graph ??= new(), initializers, places);
                else Fields.Merge(model, file, field);
                if (ModelFields.Contains(field.Number)) recognised++;
            }
        }
        catch (WireException e)
        {
            var truncated = e.Missing > 0 && (recognised > 0 || LooksLikeModel(file));
            throw new DiagnosticException(truncated ? Faults.Truncated(e, file.Length) : recognised > 0 ? Faults.Damaged(e.Message) : Faults.NotModel(file, e.Message));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new DiagnosticException(e.Message.Contains("nesting", StringComparison.Ordinal) ? Faults.TooDeep() : recognised > 0 || model.Graph is not null ? Faults.Damaged(e.Message) : Faults.NotModel(file, e.Message));
        }
        if (model.Graph is null) throw new DiagnosticException(Faults.NotModel(file, "it holds no graph"));
        GC.KeepAlive(file);
        return new(file, model, initializers, places);
    }

    private static Bytes Map(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new DiagnosticException(Faults.CannotOpen(path, "it is a folder"));
            return Bytes.Map(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DiagnosticException(Faults.CannotOpen(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message));
        }
    }

    /// <summary>A model starts with its IR version (a small varint in field 1) in every exporter known.</summary>
    private static bool LooksLikeModel(Bytes file) => file.Length >= 2 && file.Span(0, 2) is [0x08, < 0x40];

    private static void ReadGraph(Bytes file, Field whole, GraphProto graph, List<StoredTensor> initializers, Dictionary<TensorProto, Bytes> places)
    {
        const int node = 1, initializer = 5;
        var fields = new Wire(file, whole);
        while (fields.Next(out var field))
            if (field is { Number: initializer, Type: Field.Delimited }) initializers.Add(StoredTensor.Read(file, new(file, field)));
            else if (field is { Number: node, Type: Field.Delimited, Length: > LargeNode }) graph.Node.Add(ReadNode(file, field, places));
            else Fields.Merge(graph, file, field);
    }

    private static NodeProto ReadNode(Bytes file, Field whole, Dictionary<TensorProto, Bytes> places)
    {
        const int attribute = 5;
        var (node, fields) = (new NodeProto(), new Wire(file, whole));
        while (fields.Next(out var field))
            if (field is { Number: attribute, Type: Field.Delimited }) node.Attribute.Add(ReadAttribute(file, field, places));
            else Fields.Merge(node, file, field);
        return node;
    }

    private static AttributeProto ReadAttribute(Bytes file, Field whole, Dictionary<TensorProto, Bytes> places)
    {
        const int tensor = 5;
        var (attribute, fields) = (new AttributeProto(), new Wire(file, whole));
        while (fields.Next(out var field))
            if (field is { Number: tensor, Type: Field.Delimited })
            {
                var stored = StoredTensor.Read(file, new(file, field));
                if (stored.Raw is not null) places[stored.Header] = stored.Raw;
                attribute.T = stored.Header;
            }
            else Fields.Merge(attribute, file, field);
        return attribute;
    }
}
