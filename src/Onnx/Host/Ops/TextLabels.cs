namespace Lathe.Onnx.Host;

/// <summary>LabelEncoder with text on either side. ai.onnx.ml LabelEncoder, opsets 1 to 4.</summary>
internal sealed class TextLabels : HostOp
{
    public override Seq<string> Operators => ["LabelEncoder"];
    public override string Domain => "ai.onnx.ml";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        if (node.Strings("classes_strings") is { } classes)
        {
            // Opset 1: a text's place in the list, or the text at a place.
            Seq<string> places = [.. classes.Select((_, i) => Word(i))];
            yield return x[0] is HostText ? Mapped(x[0]!, classes, places, Word(node.Int("default_int64", -1)), Scalar.I64)
                : Mapped(x[0]!, places, classes, node.String("default_string", "_Unused"), Scalar.String);
            yield break;
        }
        var ((keys, _), (values, kind)) = (Column(node, "keys", scope), Column(node, "values", scope));
        if (keys.Count != values.Count) throw new TypeException($"{keys.Count} keys and {values.Count} values");
        var otherwise = node.Tensor("default_tensor") is { } tensor ? Words(HostValue.Of(scope.Tensors.Read(tensor, node.Where)))[0]
            : kind == Scalar.String ? node.String("default_string", "_Unused") : kind.IsReal ? Word(node.Float("default_float", -0.0)) : Word(node.Int("default_int64", -1));
        yield return Mapped(x[0]!, keys, values, otherwise, kind);
    }

    /// <summary>Every element as text, for a look-up.</summary>
    private static Seq<string> Words(HostValue value) => value switch
    {
        HostText text => text.Elements,
        HostTensor { Tensor: var tensor } => [.. tensor.ToDoubles().Select(Word)],
        _ => throw new TypeException($"labels of {value.Kind}"),
    };

    private static string Word(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static HostValue Mapped(HostValue x, Seq<string> keys, Seq<string> values, string otherwise, Scalar kind)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys.Zip(values)) map.TryAdd(key, value);
        Seq<string> found = [.. Words(x).Select(word => map.GetValueOrDefault(word, otherwise))];
        var shape = x is HostText text ? text.Shape : ((HostTensor)x).Tensor.Shape;
        return kind == Scalar.String ? new HostText(shape, found) : new HostTensor(Tensor.Of(kind, shape, [.. found.Select(w => double.Parse(w, CultureInfo.InvariantCulture))]));
    }

    private static (Seq<string> Words, Scalar Kind) Column(OnnxNode node, string what, HostScope scope)
    {
        if (node.Strings($"{what}_strings") is { } texts) return (texts, Scalar.String);
        if (node.Ints($"{what}_int64s") is { } wholes) return ([.. wholes.Select(w => Word(w))], Scalar.I64);
        if (node.Floats($"{what}_floats") is { } reals) return ([.. reals.Select(Word)], Scalar.F32);
        if (node.Tensor($"{what}_tensor") is not { } tensor) throw new TypeException($"{what} are missing");
        var value = HostValue.Of(scope.Tensors.Read(tensor, node.Where));
        return (Words(value), value is HostTensor { Tensor.Kind: var kind } ? kind : Scalar.String);
    }
}
