using System.Collections.Immutable;
using System.Globalization;

namespace Lathe.Runtime.Hosting.Operators;

/// <summary>A table of keys and values with text on either side. ai.onnx.ml LabelEncoder, opsets 1 to 4.</summary>
internal sealed class LabelEncoder : HostOperator
{
    public override IReadOnlyList<string> Operators => ["LabelEncoder"];
    public override string Domain => "ai.onnx.ml";

    public override bool Takes(HostNode node, IReadOnlyList<HostType?> x) => x.ElementAtOrDefault(0) is { IsText: true } || node.Has("classes_strings") || Column(node, "values").Element == "text";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x)
    {
        var to = node.Has("classes_strings") ? Operand(x, 0).IsText ? "i64" : "text" : Column(node, "values").Element;
        return [to == "text" ? HostType.Text(Operand(x, 0).Dims) : HostType.Tensor(to, Operand(x, 0).Dims)];
    }

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var from = Operand<HostValue>(x, 0, "a tensor");
        if (node.Texts("classes_strings") is { } classes)
        {
            // Opset 1: a text's place in the list, or the text at a place.
            ImmutableArray<string> places = [.. classes.Select((_, i) => i.ToString(CultureInfo.InvariantCulture))];
            return [from is HostText ? Mapped(from, classes, places, node.Numbers("default_int64")?[0] ?? "-1", "i64") : Mapped(from, places, classes, node.Text("default_string", "_Unused"), "text")];
        }
        var ((keys, _), (values, element)) = (Column(node, "keys"), Column(node, "values"));
        if (keys.Length != values.Length) throw new HostException($"{keys.Length} keys and {values.Length} values");
        var otherwise = node.Value("default_tensor") is { } tensor ? HostArray.Words(tensor)[0]
            : element == "text" ? node.Text("default_string", "_Unused") : element is "f32" or "f64" or "f16" ? node.Numbers("default_float")?[0] ?? "-0" : node.Numbers("default_int64")?[0] ?? "-1";
        return [Mapped(from, keys, values, otherwise, element)];
    }

    private static HostValue Mapped(HostValue x, ImmutableArray<string> keys, ImmutableArray<string> values, string otherwise, string element)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys.Zip(values)) map.TryAdd(key, value);
        ImmutableArray<string> found = [.. HostArray.Words(x).Select(word => map.GetValueOrDefault(word, otherwise))];
        return element == "text" ? new HostText(HostArray.Shape(x), found) : HostTensor.Parse(element, HostArray.Shape(x), found);
    }

    private static (ImmutableArray<string> Words, string Element) Column(HostNode node, string what)
    {
        if (node.Texts($"{what}_strings") is { } texts) return (texts, "text");
        if (node.Numbers($"{what}_int64s") is { } wholes) return (wholes, "i64");
        if (node.Numbers($"{what}_floats") is { } reals) return (reals, "f32");
        return node.Value($"{what}_tensor") is { } value ? (HostArray.Words(value), value is HostTensor tensor ? tensor.Element : "text") : throw new HostException($"{what} are missing");
    }
}
