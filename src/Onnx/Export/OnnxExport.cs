using Google.Protobuf;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>A graph as an ONNX model: what operators are called and take is ONNX's already, so a graph of plain steps is one.</summary>
public static class OnnxExport
{
    private const long IrVersion = 10;

    /// <summary>Operators are in their newest form; that of this opset, but for the few that came after it.</summary>
    private const long Opset = 24;

    /// <summary>The opset that numbers of two bits came with.</summary>
    private const long TwoBits = 25;

    /// <summary>The file; null where a value is stored as ONNX cannot say, or a step runs inner graphs.</summary>
    /// <remarks>Groups are taken apart; checks of dimensions, which ONNX has none for, are left out.</remarks>
    public static byte[]? Write(Graph graph)
    {
        var steps = graph.Nodes.SelectMany(n => n.Body?.Nodes ?? [n]).ToList();
        var values = graph.Inputs.Concat(graph.Outputs).Concat(graph.Weights).Concat(steps.SelectMany(n => n.Results));
        if (steps.Exists(n => n.Regions.Count > 0 || Operators.Find(n.Op.GetType().Name) is null) || values.Any(v => v.Type.Encoding is not Dense)) return null;
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "lathe", Graph = new() { Name = graph.Name } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = values.Any(v => v.Type.Scalar is Scalar.I2 or Scalar.U2) ? TwoBits : Opset });
        var products = new NBitsProductForms(graph, steps);
        if (products.Any) model.OpsetImport.Add(new OperatorSetIdProto { Domain = NBitsForm.Domain, Version = 1 });
        model.Graph.Input.AddRange(graph.Inputs.Select(Declared));
        model.Graph.Output.AddRange(graph.Outputs.Select(Declared));
        model.Graph.Initializer.AddRange(graph.Weights.Where(products.Keeps).Select(Weight));
        model.Graph.Initializer.AddRange(products.Weights);
        foreach (var step in steps)
        {
            if (products.Of(step) is { } other)
            {
                model.Graph.Node.AddRange(other);
                continue;
            }
            var node = new NodeProto { OpType = step.Op.GetType().Name };
            node.Input.AddRange(step.Operands.Select(v => v?.Name ?? ""));
            node.Output.AddRange(step.Results.Select(v => v.Name));
            node.Attribute.AddRange(RecordText.Attributes(step.Op).Where(a => a.Value is not null).Select(a => AttributeKinds.Make(OnnxName(a.Name), Value(a.Value!))));
            model.Graph.Node.Add(node);
        }
        return model.ToByteArray();
    }

    private static ValueInfoProto Declared(Value value)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(value.Type.Shape.Select(e => e is Number n ? new TensorShapeProto.Types.Dimension { DimValue = n.Integer } : new() { DimParam = e is Symbol s ? s.Name : e.ToString() }));
        return new() { Name = value.Name, Type = new() { TensorType = new() { ElemType = ElementKinds.Number(value.Type.Scalar), Shape = shape } } };
    }

    private static TensorProto Weight(Value weight)
    {
        var tensor = new TensorProto { Name = weight.Name, DataType = ElementKinds.Number(weight.Type.Scalar), RawData = ByteString.CopyFrom(weight.Planes[0].Slice(0, weight.Type.Scalar.Bytes(weight.Type.Count)).ToArray<byte>()) };
        tensor.Dims.AddRange(weight.Type.Shape.Select(e => e.Whole));
        return tensor;
    }

    /// <summary>ONNX writes kernel_shape, and transA.</summary>
    private static string OnnxName(string name) => name is [.., '_', var last] ? name[..^2] + char.ToUpperInvariant(last) : name;

    private static object Value(object value) => value switch
    {
        bool b => b ? 1L : 0L,
        Scalar kind => (long)ElementKinds.Number(kind),
        Seq<double> reals => reals.Select(r => (float)r),
        Seq<long> wholes => wholes.AsEnumerable(),
        Seq<float> reals => reals.AsEnumerable(),
        Seq<string> texts => texts.AsEnumerable(),
        _ => value,
    };
}
