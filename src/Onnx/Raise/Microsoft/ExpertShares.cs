namespace Lathe.Onnx;

/// <summary>How large a share each expert has in each token's result, as MoE and QMoE read their scores.</summary>
internal sealed class ExpertShares(OnnxNode node, RaiseScope scope, Chain chain)
{
    /// <summary>[tokens, experts] in f32: 0 for experts that are not picked.</summary>
    /// <remarks>
    /// Where experts score alike the first is picked, as TopK has it. The shares of MoE are those of a softmax over all experts, which
    /// <c>normalize_routing_weights</c> makes 1 in sum; those of QMoE of one over the picked ones, always 1 in sum, as ONNX Runtime computes both.
    /// </remarks>
    public string Of(long experts)
    {
        if (scope.Type(node.Input(1)) is not { Rank: 2 } type || type.Shape[1] != (Expr)experts) throw new TypeException($"there are {experts} experts, the scores are {scope.Type(node.Input(1))}");
        var picked = node.Int("k", 1);
        if (picked < 1 || picked > experts) throw new TypeException($"k must be between 1 and {experts}, it is {picked}");
        var scores = Wide(node.Input(1));
        if (node.OpType == "MoE") scores = chain.Add("Softmax", [scores], ("axis", -1L));
        var top = chain.Many("TopK", [scores, chain.Wholes(picked)], 2, ("axis", -1L));
        var other = node.OpType == "QMoE" ? node.Input(14) : "";
        var shares = (node.OpType, other) switch
        {
            ("MoE", _) => top[0],
            (_, "") => chain.Add("Softmax", [top[0]], ("axis", -1L)),
            _ => chain.Add("GatherElements", [Wide(other), top[1]], ("axis", 1L)),
        };
        if (node.Int("normalize_routing_weights", 0) != 0 && (node.OpType == "MoE" || other != ""))
        {
            var (sum, none) = (chain.Add("ReduceSum", [shares, chain.Wholes(1)]), chain.Number(Scalar.F32, 0));
            shares = chain.Add("Where", [chain.Add("Equal", [sum, none]), none, chain.Add("Div", [shares, sum])]);
        }
        return chain.Add("ScatterElements", [chain.Add("Expand", [chain.Number(Scalar.F32, 0), chain.Add("Shape", [scores])]), top[1], shares], ("axis", 1L));
    }

    private string Wide(string value) => scope.Type(value).Scalar == Scalar.F32 ? value : chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(Scalar.F32)));
}
