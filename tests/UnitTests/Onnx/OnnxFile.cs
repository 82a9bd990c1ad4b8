using Google.Protobuf;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>A small model, put together part by part, in a folder of its own that goes when the test ends.</summary>
internal sealed class OnnxFile : IDisposable
{
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("lathe-onnx-");

    public ModelProto Model { get; } = new() { IrVersion = 8, Graph = new() { Name = "main" }, OpsetImport = { new OperatorSetIdProto { Version = 21 } } };

    public string FilePath => Path.Join(Folder.FullName, "model.onnx");

    public OnnxFile Opset(long version, string domain = "")
    {
        if (domain == "") Model.OpsetImport.Clear();
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        return this;
    }

    /// <param name="dims">Whole numbers, names, or null for an axis of which nothing is said.</param>
    public OnnxFile Input(string name, params object?[] dims)
    {
        Model.Graph.Input.Add(Typed(name, 1, dims));
        return this;
    }

    public OnnxFile Output(string name)
    {
        Model.Graph.Output.Add(new ValueInfoProto { Name = name });
        return this;
    }

    public OnnxFile Weight(TensorProto tensor)
    {
        Model.Graph.Initializer.Add(tensor);
        return this;
    }

    public OnnxFile Weight(string name, params long[] dims) => Weight(Floats(name, dims));

    public OnnxFile Node(string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        Model.Graph.Node.Add(NodeOf(op, inputs, outputs, attributes));
        return this;
    }

    public OnnxFile Function(string name, string inputs, string outputs, params NodeProto[] nodes)
    {
        var function = new FunctionProto { Name = name, Domain = "local", OpsetImport = { new OperatorSetIdProto { Version = 21 }, new OperatorSetIdProto { Domain = "local", Version = 1 } } };
        function.Input.AddRange(Words(inputs));
        function.Output.AddRange(Words(outputs));
        function.Node.AddRange(nodes);
        Model.Functions.Add(function);
        return this;
    }

    public string Save()
    {
        File.Delete(FilePath); // an earlier one is mapped still
        using var stream = File.Create(FilePath);
        Model.WriteTo(stream);
        return FilePath;
    }

    public ImportResult Load(params string[] dims) => OnnxModel.Load(Save(), new ImportOptions([.. dims.Select(DimBinding.Parse)]));

    /// <summary>What is wrong with the model: code, place and message of each diagnostic.</summary>
    public string[] Faults(params string[] dims) => [.. Assert.Throws<DiagnosticException>(() => Load(dims)).Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => $"{d.Code} {d.Where}: {d.Message}")];

    /// <param name="op">With a domain before a colon where it is not the standard one.</param>
    /// <param name="inputs">Names between spaces; _ stands for an absent one.</param>
    /// <param name="outputs">As inputs; the first names the node too.</param>
    public static NodeProto NodeOf(string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = op[(op.IndexOf(':', StringComparison.Ordinal) + 1)..], Domain = op.Contains(':', StringComparison.Ordinal) ? op[..op.IndexOf(':', StringComparison.Ordinal)] : "", Name = $"make_{Words(outputs).First()}" };
        node.Input.AddRange(Words(inputs));
        node.Output.AddRange(Words(outputs));
        node.Attribute.AddRange(attributes.Select(a => a.Value as AttributeProto ?? AttributeKinds.Make(a.Name, a.Value)));
        return node;
    }

    public static AttributeProto Reference(string name, string caller, int type) => new() { Name = name, RefAttrName = caller, Type = type };

    public static TensorProto Floats(string name, params long[] dims)
    {
        var tensor = new TensorProto { Name = name, DataType = 1, Dims = { dims } };
        tensor.FloatData.AddRange(Enumerable.Range(1, (int)dims.Aggregate(1L, (a, b) => a * b)).Select(i => (float)i));
        return tensor;
    }

    public static ValueInfoProto Typed(string name, int kind, params object?[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (var dim in dims)
            shape.Dim.Add(dim switch
            {
                string symbol => new TensorShapeProto.Types.Dimension { DimParam = symbol },
                null => new TensorShapeProto.Types.Dimension(),
                _ => new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dim, System.Globalization.CultureInfo.InvariantCulture) },
            });
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = kind, Shape = shape } } };
    }

    private static IEnumerable<string> Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w == "_" ? "" : w);

    public void Dispose() => Folder.Delete(true);
}
