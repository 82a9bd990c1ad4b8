using Google.Protobuf;
using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>ONNX's numbers for kinds of attribute.</summary>
internal enum AttributeKind { Undefined, Float, Int, String, Tensor, Graph, Floats, Ints, Strings, Tensors, Graphs, SparseTensor, SparseTensors, Type, Types }

internal static class AttributeKinds
{
    public static AttributeKind Of(AttributeProto attribute) => (AttributeKind)attribute.Type;

    /// <summary>Whether an attribute can be read as a kind; files of old converters do not say what theirs is.</summary>
    public static bool Fits(AttributeProto attribute, AttributeKind kind) => Of(attribute) == kind || Of(attribute) == AttributeKind.Undefined;

    public static string Text(this AttributeKind kind) => kind switch
    {
        AttributeKind.Undefined => "of no kind",
        AttributeKind.Float => "a number",
        AttributeKind.Int => "a whole number",
        AttributeKind.String => "a text",
        AttributeKind.Tensor => "a tensor",
        AttributeKind.Graph => "a graph",
        AttributeKind.Floats => "a list of numbers",
        AttributeKind.Ints => "a list of whole numbers",
        AttributeKind.Strings => "a list of texts",
        AttributeKind.Tensors => "a list of tensors",
        AttributeKind.Graphs => "a list of graphs",
        AttributeKind.SparseTensor => "a sparse tensor",
        AttributeKind.SparseTensors => "a list of sparse tensors",
        AttributeKind.Type => "a type",
        AttributeKind.Types => "a list of types",
        _ => $"of kind {(int)kind}, which ONNX does not define",
    };

    public static AttributeProto Make(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long or int: (attribute.Type, attribute.I) = ((int)AttributeKind.Int, Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case float or double: (attribute.Type, attribute.F) = ((int)AttributeKind.Float, Convert.ToSingle(value, CultureInfo.InvariantCulture)); break;
            case string s: (attribute.Type, attribute.S) = ((int)AttributeKind.String, ByteString.CopyFromUtf8(s)); break;
            case IEnumerable<long> ints: attribute.Type = (int)AttributeKind.Ints; attribute.Ints.AddRange(ints); break;
            case IEnumerable<float> floats: attribute.Type = (int)AttributeKind.Floats; attribute.Floats.AddRange(floats); break;
            case IEnumerable<string> strings: attribute.Type = (int)AttributeKind.Strings; attribute.Strings.AddRange(strings.Select(ByteString.CopyFromUtf8)); break;
            case TensorProto t: (attribute.Type, attribute.T) = ((int)AttributeKind.Tensor, t); break;
            case GraphProto g: (attribute.Type, attribute.G) = ((int)AttributeKind.Graph, g); break;
            default: throw new ArgumentException($"attribute {name} of {value.GetType().Name}");
        }
        return attribute;
    }
}
