namespace Lathe.Onnx;

/// <summary>Operators that com.microsoft had before ONNX took them in, alike in name and meaning.</summary>
internal sealed class SameName : Raise
{
    /// <summary>The opset of the standard domain that has the same form.</summary>
    private static readonly Dictionary<string, long> Opset = new(StringComparer.Ordinal)
    {
        ["CausalConvWithState"] = Opsets.Newest,
        ["DequantizeLinear"] = Opsets.Newest,
        ["GatherND"] = 13,
        ["Gelu"] = Opsets.Newest,
        ["GridSample"] = 16,
        ["LinearAttention"] = Opsets.Newest,
        ["Pad"] = 13,
        ["QuantizeLinear"] = Opsets.Newest,
        ["Range"] = 11,
        ["Trilu"] = 14,
    };

    public override Seq<string> Operators => [.. Opset.Keys.Order(StringComparer.Ordinal)];
    public override Seq<string> Domains => ["com.microsoft"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [node with { Domain = "", Opset = Opset[node.OpType] }];
}
