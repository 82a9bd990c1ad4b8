namespace Lathe.Onnx.Host;

/// <summary>The values of a map as a vector: DictVectorizer puts each at its key's place in a vocabulary, CastMap in the order of the keys or at the place that the key is. ai.onnx.ml, opset 1.</summary>
internal sealed class MapVectors : HostOp
{
    public override Seq<string> Operators => ["CastMap", "DictVectorizer"];
    public override string Domain => "ai.onnx.ml";
    public override string Carries => "maps";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var map = x.ElementAtOrDefault(0) as HostMap ?? throw new TypeException($"operand 0 must be a map, it is {x.ElementAtOrDefault(0)?.Kind ?? "missing"}");
        yield return node.OpType == "CastMap" ? Cast(node, map) : Vectorized(node, map);
    }

    private static HostValue Vectorized(OnnxNode node, HostMap map)
    {
        Seq<string> vocabulary = node.Strings("string_vocabulary") ?? [.. (node.Ints("int64_vocabulary") ?? throw new TypeException("no vocabulary is given")).Select(Word)];
        if (map.Keys is HostText != node.Has("string_vocabulary")) throw new TypeException($"keys are {map.Keys.Kind}, the vocabulary is of {(node.Has("string_vocabulary") ? "text" : "whole numbers")}");
        var places = map.Words.Select(key => vocabulary.ToList().IndexOf(key) is >= 0 and var place ? place : throw new TypeException($"the key {key} is not in the vocabulary")).ToList();
        return Spread(map.Values, places, vocabulary.Count);
    }

    private static HostValue Cast(OnnxNode node, HostMap map)
    {
        if (map.Keys is not HostTensor { Tensor: var keys }) throw new TypeException("keys must be whole numbers, they are text");
        var ordered = keys.ToDoubles().Index().OrderBy(k => k.Item).ToList();
        var sparse = node.String("map_form", "DENSE") switch { "DENSE" => false, "SPARSE" => true, var other => throw new TypeException($"map_form must be DENSE or SPARSE, it is {other}") };
        var count = sparse ? node.Int("max_map", 1) : ordered.Count;
        var places = new int[ordered.Count];
        foreach (var (place, (at, key)) in ordered.Index()) places[at] = !sparse ? place : key >= 0 && key < count ? (int)key : throw new TypeException($"the key {key} is no place in {count}");
        var spread = Spread(map.Values, places, (int)count);
        return (node.String("cast_to", "TO_FLOAT"), spread) switch
        {
            ("TO_FLOAT" or "TO_INT64", HostText text) => new HostTensor(Of(node, text.Shape, [.. text.Elements.Select(e => e == "" ? 0 : double.TryParse(e, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new TypeException($"\"{e}\" is no number"))])),
            ("TO_FLOAT" or "TO_INT64", HostTensor { Tensor: var tensor }) => new HostTensor(Of(node, tensor.Shape, tensor.ToDoubles())),
            ("TO_STRING", HostTensor { Tensor: var tensor }) => new HostText(tensor.Shape, [.. tensor.ToDoubles().Select(Word)]),
            ("TO_STRING", _) => spread,
            var (to, _) => throw new TypeException($"cast_to must be TO_FLOAT, TO_INT64 or TO_STRING, it is {to}"),
        };
    }

    private static Tensor Of(OnnxNode node, Seq<long> shape, double[] numbers) => Tensor.Of(node.String("cast_to", "TO_FLOAT") == "TO_INT64" ? Scalar.I64 : Scalar.F32, shape, numbers);

    private static string Word(double number) => number.ToString("R", CultureInfo.InvariantCulture);
    private static string Word(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Values at places of a vector that is 0, or empty, elsewhere.</summary>
    private static HostValue Spread(HostValue values, IReadOnlyList<int> places, int count)
    {
        if (values is HostText text)
        {
            var words = Enumerable.Repeat("", count).ToArray();
            foreach (var (i, place) in places.Index()) words[place] = text.Elements[i];
            return new HostText([count], new(words));
        }
        var (tensor, numbers) = (((HostTensor)values).Tensor, new double[count]);
        var all = tensor.ToDoubles();
        foreach (var (i, place) in places.Index()) numbers[place] = all[i];
        return new HostTensor(Tensor.Of(tensor.Kind, [count], numbers));
    }
}
