using System.Collections.Immutable;
using System.Globalization;

namespace Lathe.Runtime.Hosting.Operators;

/// <summary>The values of a map as a vector: DictVectorizer puts each at its key's place in a vocabulary, CastMap in the order of the keys or at the place that the key is. ai.onnx.ml, opset 1.</summary>
internal sealed class MapVectors : HostOperator
{
    public override IReadOnlyList<string> Operators => ["CastMap", "DictVectorizer"];
    public override string Domain => "ai.onnx.ml";
    public override string Carries => "maps";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x)
    {
        var to = node.Operator == "CastMap" ? To(node) : Operand(x, 0).Element;
        return [to == "text" ? HostType.Text([HostType.Open]) : HostType.Tensor(to, [HostType.Open])];
    }

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var map = Operand<HostMap>(x, 0, "a map");
        return [node.Operator == "CastMap" ? Cast(node, map) : Vectorized(node, map)];
    }

    private static HostValue Vectorized(HostNode node, HostMap map)
    {
        var vocabulary = node.Texts("string_vocabulary") ?? node.Numbers("int64_vocabulary") ?? throw new HostException("no vocabulary is given");
        if (map.Keys is HostText != node.Has("string_vocabulary")) throw new HostException($"keys are {map.Keys.Kind}, the vocabulary is of {(node.Has("string_vocabulary") ? "text" : "whole numbers")}");
        var places = vocabulary.Index().DistinctBy(w => w.Item, StringComparer.Ordinal).ToDictionary(w => w.Item, w => w.Index, StringComparer.Ordinal);
        return Spread(map.Values, [.. map.Words.Select(key => places.TryGetValue(key, out var place) ? place : throw new HostException($"the key {key} is not in the vocabulary"))], vocabulary.Length);
    }

    private static HostValue Cast(HostNode node, HostMap map)
    {
        if (map.Keys is not HostTensor keys) throw new HostException("keys must be whole numbers, they are text");
        var ordered = keys.ToWholes().Index().OrderBy(k => k.Item).ToList();
        var sparse = node.Text("map_form", "DENSE") switch { "DENSE" => false, "SPARSE" => true, var other => throw new HostException($"map_form must be DENSE or SPARSE, it is {other}") };
        var count = sparse ? node.Int("max_map", 1) : ordered.Count;
        var places = new int[ordered.Count];
        foreach (var (place, (at, key)) in ordered.Index()) places[at] = !sparse ? place : key >= 0 && key < count ? (int)key : throw new HostException($"the key {key} is no place in {count}");
        return (To(node), Spread(map.Values, places, (int)count)) switch
        {
            ("text", HostTensor tensor) => new HostText(tensor.Shape, tensor.ToTexts()),
            ("text", var spread) => spread,
            (var to, HostText text) => HostTensor.Parse(to, text.Shape, [.. text.Elements.Select(e => e == "" ? "0" : e)]),
            (var to, HostTensor spread) when to == spread.Element => spread,
            (var to, var spread) => HostTensor.Of(to, ((HostTensor)spread).Shape, ((HostTensor)spread).ToDoubles()),
        };
    }

    private static string To(HostNode node) => node.Text("cast_to", "TO_FLOAT") switch
    {
        "TO_FLOAT" => "f32",
        "TO_INT64" => "i64",
        "TO_STRING" => "text",
        var to => throw new HostException($"cast_to must be TO_FLOAT, TO_INT64 or TO_STRING, it is {to}"),
    };

    /// <summary>Values at places of a vector that is 0, or empty, elsewhere.</summary>
    private static HostValue Spread(HostValue values, IReadOnlyList<int> places, int count)
    {
        if (values is HostText text)
        {
            var words = Enumerable.Repeat("", count).ToArray();
            foreach (var (i, place) in places.Index()) words[place] = text.Elements[i];
            return new HostText([count], [.. words]);
        }
        // Bytes are moved, not numbers: whole ones beyond 2^53 stay exact.
        var tensor = (HostTensor)values;
        var size = HostElement.Of(tensor.Element) is { IsRead: true, Bits: var bits } ? bits / 8 : throw new HostException($"the host computes with no {tensor.Element}");
        var bytes = new byte[checked(count * size)];
        foreach (var (i, place) in places.Index()) tensor.Bytes.AsSpan(i * size, size).CopyTo(bytes.AsSpan(place * size));
        return new HostTensor(tensor.Element, [count], bytes);
    }
}
