namespace Lathe.Onnx.Host;

/// <summary>Each row of a matrix as a map from the names of its columns. ai.onnx.ml ZipMap, opset 1.</summary>
internal sealed class ZipMap : HostOp
{
    public override Seq<string> Operators => ["ZipMap"];
    public override string Domain => "ai.onnx.ml";
    public override string Carries => "maps";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var tensor = Numbers(x, 0);
        (HostValue keys, int columns) = node.Strings("classlabels_strings") is { Count: > 0 } texts ? (new HostText([texts.Count], texts), texts.Count)
            : node.Ints("classlabels_int64s") is { Count: > 0 } wholes ? ((HostValue)new HostTensor(Tensor.Of([wholes.Count], wholes.AsSpan())), wholes.Count) : throw new TypeException("neither classlabels_strings nor classlabels_int64s is given");
        if (tensor.Shape.Count is 0 or > 2 || tensor.Shape[^1] != columns) throw new TypeException($"{columns} names for the columns of {tensor}");
        var numbers = tensor.ToDoubles();
        yield return new HostSequence([.. numbers.Chunk(columns).Select(row => new HostMap(keys, new HostTensor(Tensor.Of(tensor.Kind, [columns], row))))]);
    }
}
