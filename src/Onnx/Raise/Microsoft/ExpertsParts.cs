namespace Lathe.Onnx;

/// <summary>MoE and QMoE: each token goes through the few experts that its scores pick, and their results are added up, each times its share.</summary>
/// <remarks>
/// Operands: tokens [tokens, hidden] or [batch, sequence, hidden]; scores [tokens, experts]; then for each of the layers fc1, fc2 and fc3 weights
/// [experts, rows, columns], in QMoE their scales, and a bias [experts, rows]. Behind them QMoE has zero points of the three, and the scores that make
/// the shares where others than those that pick.
/// An expert multiplies only the rows that go to it: how many those are, a run decides.
/// </remarks>
internal sealed class ExpertsParts() : MicrosoftForm("MoE", "QMoE")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        if (node.Int("use_sparse_mixer", 0) != 0) throw new TypeException("use_sparse_mixer must be 0: its shares are defined by one device's kernel only");
        var layers = node.OpType == "MoE" ? [Whole(node, 2, scope, chain), Whole(node, 4, scope, chain), Whole(node, 6, scope, chain)]
            : new[] { Narrow(node, 2, 11, scope, chain), Narrow(node, 5, 12, scope, chain), Narrow(node, 8, 13, scope, chain) };
        if (layers is not [{ } up, { } down, var gated]) throw new TypeException("weights of fc1 and of fc2 must be given");
        var (tokens, activation) = (scope.Type(node.Input(0)), new ExpertActivation(node, chain));
        var experts = up.Experts;

        var x = tokens.Rank == 2 ? node.Input(0) : chain.Add("Reshape", [node.Input(0), chain.Wholes(-1, up.Columns)]);
        var shares = new ExpertShares(node, scope, chain).Of(experts);
        var sum = chain.Add("Expand", [chain.Number(Scalar.F32, 0), chain.Add("Shape", [x])]);
        for (var expert = 0L; expert < experts; expert++)
        {
            var share = chain.Add("Gather", [shares, chain.Number(Scalar.I64, expert)], ("axis", 1L));
            var taken = chain.Add("Squeeze", [chain.Add("NonZero", [share]), chain.Wholes(0)]);
            var rows = chain.Add("Gather", [x, taken]);
            var inner = activation.Of(up.Times(rows, expert), gated?.Times(rows, expert), down.Columns);
            var made = As(chain, down.Times(inner, expert), tokens.Scalar, Scalar.F32);
            var weighed = chain.Add("Mul", [made, chain.Add("Unsqueeze", [chain.Add("Gather", [share, taken]), chain.Wholes(1)])]);
            sum = chain.Add("ScatterND", [sum, chain.Add("Unsqueeze", [taken, chain.Wholes(1)]), weighed], ("reduction", "add"));
        }
        sum = As(chain, sum, Scalar.F32, tokens.Scalar);
        chain.Name(tokens.Rank == 2 ? sum : chain.Add("Reshape", [sum, chain.Add("Shape", [node.Input(0)])]), node.Outputs[0]);
    }

    private static ExpertLayer? Whole(OnnxNode node, int place, RaiseScope scope, Chain chain) =>
        node.Input(place) == "" ? null : new WholeExperts(scope, chain, node.Input(place), node.Input(place + 1));

    private static ExpertLayer? Narrow(OnnxNode node, int place, int zeros, RaiseScope scope, Chain chain)
    {
        if (node.Input(place) == "") return null;
        if (node.String("quant_type", "int") is not "int" and var type) throw new TypeException($"quant_type must be int, it is {type}");
        if (node.Int("weights_prepacked", -1) == 1) throw new TypeException("weights_prepacked must not be 1: the order of packed weights is one device's own");
        return new NarrowExperts(scope, chain, (node.Input(place), node.Input(place + 1), node.Input(zeros)), node.Input(place + 2), node.Int("expert_weight_bits", 4), node.Int("block_size", 0));
    }

    private static string As(Chain chain, string value, Scalar from, Scalar to) => from == to ? value : chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(to)));
}
