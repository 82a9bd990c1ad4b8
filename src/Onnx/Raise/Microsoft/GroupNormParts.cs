namespace Lathe.Onnx;

/// <summary>Group normalization of an image whose channels come last unless channels_last is 0, what is added before it (SkipGroupNorm), and SiLU after it.</summary>
/// <remarks>Operands: x, gamma, beta; for SkipGroupNorm a skip of x's shape or [N, C] and a bias. Results: y; the sum.</remarks>
internal sealed class GroupNormParts() : MicrosoftForm("GroupNorm", "SkipGroupNorm")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, last) = (node.Input(0), node.Int("channels_last", 1) != 0);
        var type = scope.Type(x);
        if (node.Input(3) is not "" and var skip)
        {
            if (scope.Type(skip).Rank == 2) skip = chain.Add("Unsqueeze", [skip, last ? chain.Wholes(1, 2) : chain.Wholes(2, 3)]);
            x = chain.Add("Add", [x, skip]);
            if (node.Input(4) != "") x = chain.Add("Add", [x, last ? node.Input(4) : chain.Add("Unsqueeze", [node.Input(4), chain.Wholes(1, 2)])]);
        }
        chain.Name(x, Result(node, 1));
        // Gamma and beta of f32 beside an f16 image mean a computation in f32.
        var kind = scope.Type(node.Input(1)).Scalar;
        if (kind != type.Scalar) x = chain.Add("Cast", [x], ("to", (long)ElementKinds.Number(kind)));
        if (last) x = chain.Add("Transpose", [x], ("perm", (Seq<long>)[0, 3, 1, 2]));
        var y = chain.Add("GroupNormalization", [x, node.Input(1), node.Input(2)], ("num_groups", node.Int("groups", 1)), ("epsilon", node.Float("epsilon", 1e-5f)));
        if (node.Int("activation", 0) == 1) y = chain.Add("Swish", [y]);
        if (last) y = chain.Add("Transpose", [y], ("perm", (Seq<long>)[0, 2, 3, 1]));
        chain.Name(kind == type.Scalar ? y : chain.Add("Cast", [y], ("to", (long)ElementKinds.Number(type.Scalar))), node.Outputs[0]);
    }
}
