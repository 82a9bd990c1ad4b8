namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Each row of a matrix as a map from the names of its columns. ai.onnx.ml ZipMap, opset 1.</summary>
internal sealed class ZipMap : HostOperator
{
    public override IReadOnlyList<string> Operators => ["ZipMap"];
    public override string Domain => "ai.onnx.ml";
    public override string Carries => "maps";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [HostType.Sequence(new(HostForm.Map, Operand(x, 0).Element, Of: Keys(node).Type))];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var (tensor, keys) = (Numbers(x, 0), Keys(node));
        var columns = HostArray.Shape(keys)[0];
        if (tensor.Shape.Length is 0 or > 2 || tensor.Shape[^1] != columns) throw new HostException($"{columns} names for the columns of {tensor.Kind}");
        var rows = HostArray.Reshaped(tensor, [tensor.Count / columns, columns]);
        return [new HostSequence([.. Enumerable.Range(0, (int)(tensor.Count / columns)).Select(row => new HostMap(keys, HostArray.Reshaped(HostArray.Slice(rows, 0, row, 1), [columns])))])];
    }

    private static HostValue Keys(HostNode node) => node.Texts("classlabels_strings") is { Length: > 0 } texts ? new HostText([texts.Length], texts)
        : node.Ints("classlabels_int64s") is { Length: > 0 } wholes ? HostTensor.Of([wholes.Length], wholes.AsSpan()) : throw new HostException("neither classlabels_strings nor classlabels_int64s is given");
}
