using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Lathe.Onnx.Proto;

namespace Lathe.Testing;

/// <summary>
/// Makes a model of ONNX's own textual syntax (onnx/docs/Syntax.md), as far as tests use it: a header, inputs, outputs, weights, nodes with attributes, graphs among them.
/// <code>
/// &lt;ir_version: 8, opset_import: ["": 17]&gt;
/// name (float[N, 3] x) => (float[N, 3] y) &lt;float[3] w = {1, 2, 3}&gt; {
///   y = Mul &lt;note = "text"&gt; (x, w)
/// }
/// </code>
/// Weights in other files: <c>float[2] w = ["location": "w.bin"]</c>.
/// </summary>
internal sealed partial class OnnxSyntax(string text)
{
    private static readonly Dictionary<string, int> Kinds = new(StringComparer.Ordinal) { ["float"] = 1, ["uint8"] = 2, ["int8"] = 3, ["uint16"] = 4, ["int16"] = 5, ["int32"] = 6, ["int64"] = 7, ["string"] = 8, ["bool"] = 9, ["float16"] = 10, ["double"] = 11, ["uint32"] = 12, ["uint64"] = 13, ["complex64"] = 14, ["bfloat16"] = 16, ["uint4"] = 21, ["int4"] = 22 };

    private readonly List<string> tokens = [.. Token().Matches(text).Select(m => m.Value)];
    private int at;

    public byte[] Model()
    {
        var model = new ModelProto();
        Expect("<");
        do
        {
            var key = Next();
            Expect(":");
            if (key == "ir_version") model.IrVersion = Whole();
            else if (key == "opset_import") foreach (var (domain, version) in Pairs(Whole)) model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
            else throw new FormatException($"the header of a model has no {key}");
        } while (Take(","));
        Expect(">");
        model.Graph = Graph();
        return model.ToByteArray();
    }

    private GraphProto Graph()
    {
        var graph = new GraphProto { Name = Next() };
        graph.Input.AddRange(Values());
        Expect("=>");
        graph.Output.AddRange(Values());
        if (Take("<"))
        {
            do graph.Initializer.Add(Weight()); while (Take(","));
            Expect(">");
        }
        Expect("{");
        while (!Take("}")) graph.Node.Add(Node());
        return graph;
    }

    private IEnumerable<ValueInfoProto> Values() => List("(", ")", () =>
    {
        var (kind, dims) = Type();
        var shape = new TensorShapeProto();
        foreach (var dim in dims) shape.Dim.Add(long.TryParse(dim, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? new() { DimValue = n } : new TensorShapeProto.Types.Dimension { DimParam = dim });
        return new ValueInfoProto { Name = Next(), Type = new() { TensorType = new() { ElemType = kind, Shape = shape } } };
    });

    private TensorProto Weight()
    {
        var (kind, dims) = Type();
        var tensor = new TensorProto { Name = Next(), DataType = kind };
        tensor.Dims.AddRange(dims.Select(d => long.Parse(d, CultureInfo.InvariantCulture)));
        Expect("=");
        if (tokens[at] == "[")
        {
            tensor.DataLocation = 1;
            foreach (var (key, value) in Pairs(Text)) tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
            return tensor;
        }
        foreach (var number in List("{", "}", Next))
        {
            if (kind == 1) tensor.FloatData.Add(float.Parse(number, CultureInfo.InvariantCulture));
            else if (kind == 8) tensor.StringData.Add(ByteString.CopyFromUtf8(number[1..^1]));
            else if (kind == 11) tensor.DoubleData.Add(double.Parse(number, CultureInfo.InvariantCulture));
            else if (kind == 7) tensor.Int64Data.Add(long.Parse(number, CultureInfo.InvariantCulture));
            else tensor.Int32Data.Add(int.Parse(number, CultureInfo.InvariantCulture));
        }
        return tensor;
    }

    private NodeProto Node()
    {
        var node = new NodeProto();
        do node.Output.Add(Next()); while (Take(","));
        Expect("=");
        var name = Next().Split('.');
        (node.Domain, node.OpType) = (string.Join('.', name[..^1]), name[^1]);
        if (tokens[at] == "<") foreach (var attribute in List("<", ">", Attribute)) node.Attribute.Add(attribute);
        node.Input.AddRange(List("(", ")", () => tokens[at] is "," or ")" ? "" : Next()));
        return node;
    }

    private AttributeProto Attribute()
    {
        var attribute = new AttributeProto { Name = Next() };
        Expect("=");
        if (tokens[at + 1] == "(")
        {
            (attribute.Type, attribute.G) = (5, Graph());
            return attribute;
        }
        var values = tokens[at] == "[" ? List("[", "]", Next).ToList() : [Next()];
        var list = tokens[at - 1] == "]";
        var real = values.Exists(v => v.Contains('.', StringComparison.Ordinal));
        if (list && values is [['"', ..], ..]) { attribute.Type = 8; attribute.Strings.AddRange(values.Select(v => ByteString.CopyFromUtf8(v[1..^1]))); }
        else if (list && real) { attribute.Type = 6; attribute.Floats.AddRange(values.Select(v => float.Parse(v, CultureInfo.InvariantCulture))); }
        else if (values is [['"', ..]]) (attribute.Type, attribute.S) = (3, ByteString.CopyFromUtf8(values[0][1..^1]));
        else if (list) { attribute.Type = 7; attribute.Ints.AddRange(values.Select(v => long.Parse(v, CultureInfo.InvariantCulture))); }
        else if (real) (attribute.Type, attribute.F) = (1, float.Parse(values[0], CultureInfo.InvariantCulture));
        else (attribute.Type, attribute.I) = (2, long.Parse(values[0], CultureInfo.InvariantCulture));
        return attribute;
    }

    private (int Kind, List<string> Dims) Type() => (Kinds[Next()], tokens[at] == "[" ? [.. List("[", "]", Next)] : []);

    private IEnumerable<(string Key, T Value)> Pairs<T>(Func<T> value) => List("[", "]", () =>
    {
        var key = Text();
        Expect(":");
        return (key, value());
    });

    private List<T> List<T>(string open, string close, Func<T> item)
    {
        Expect(open);
        var all = new List<T>();
        if (Take(close)) return all;
        do all.Add(item()); while (Take(","));
        Expect(close);
        return all;
    }

    private string Next() => tokens[at++];
    private long Whole() => long.Parse(Next(), CultureInfo.InvariantCulture);
    private string Text() => Next()[1..^1];

    private bool Take(string token)
    {
        if (tokens[at] != token) return false;
        at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token)) throw new FormatException($"'{token}' should stand before '{string.Join(' ', tokens.Skip(at).Take(6))}'");
    }

    [GeneratedRegex(@"""[^""]*""|=>|[A-Za-z_][\w.]*|-?\d[\d.eE+-]*|\S")]
    private static partial Regex Token();
}
