namespace Lathe.Onnx;

/// <summary>
/// Attention as the products, masks and softmax that it is made of. They say all of it, so that what makes those fast makes attention fast.
/// </summary>
/// <remarks>
/// Operands: queries, keys, values, each [batch, heads, sequence, numbers] or [batch, sequence, heads · numbers]; optionally a mask, past keys and
/// values, and how many keys of each batch count. Results: y; present keys and values; the scores at some stage.
/// </remarks>
internal sealed class AttentionParts : Raise
{
    public override Seq<string> Operators => ["Attention"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var chain = new Chain(node.Outputs.First(o => o != ""), scope);
        string Result(int i) => i < node.Outputs.Count ? node.Outputs[i] : "";
        var (packed, kind) = (scope.Type(node.Input(0)).Rank == 3, scope.Type(node.Input(0)).Scalar);
        var (queryHeads, keyHeads) = (Heads(node, scope, 0, "q_num_heads"), Heads(node, scope, 1, "kv_num_heads"));
        string Apart(int operand, Expr count) => packed
            ? chain.Add("Transpose", [chain.Add("Reshape", [node.Input(operand), chain.Wholes(0, 0, count.Whole, -1)])], ("perm", (Seq<long>)[0, 2, 1, 3]))
            : node.Input(operand);
        string Joined(string past, string now) => past == "" ? now : chain.Add("Concat", [past, now], ("axis", 2L));

        var apart = Apart(0, queryHeads);
        var heads = new AttentionHeads(chain, apart, queryHeads, keyHeads);
        heads.Check();
        var query = chain.Add("Mul", [apart, heads.Scale(node, kind, Linear.Simplify(scope.Type(node.Input(0)).Shape[^1] / (packed ? queryHeads : 1)))]);
        var (key, value) = (Joined(node.Input(4), Apart(1, keyHeads)), Joined(node.Input(5), Apart(2, keyHeads)));
        chain.Name(key, Result(1));
        chain.Name(value, Result(2));

        var scores = chain.Add("MatMul", [query, chain.Add("Transpose", [heads.Shared(key)], ("perm", (Seq<long>)[0, 1, 3, 2]))]);
        var stages = new List<string> { scores };
        if (node.Float("softcap", 0) is > 0 and var cap) scores = chain.Add("Mul", [chain.Add("Tanh", [chain.Add("Div", [scores, chain.Number(kind, cap)])]), chain.Number(kind, cap)]);
        stages.Add(scores);
        var mask = new AttentionMask(node, scope, chain, key, query);
        stages.Add(scores = mask.Applied(scores, kind));
        stages.Add(Softmax(chain, scores, node.Int("softmax_precision", ElementKinds.Number(kind)), kind, mask.MayHideAll));

        if (node.Int("qk_matmul_output_mode", 0) is var stage && stage is < 0 or > 3) throw new TypeException($"qk_matmul_output_mode must be 0 to 3, it is {stage}");
        chain.Name(stages[(int)stage], Result(3));
        var result = chain.Add("MatMul", [stages[3], heads.Shared(value)]);
        if (packed) result = chain.Add("Reshape", [chain.Add("Transpose", [result], ("perm", (Seq<long>)[0, 2, 1, 3])), chain.Wholes(0, 0, -1)]);
        chain.Name(result, Result(0));
        return chain.Nodes;
    }

    /// <summary>A softmax that makes a row of which everything is hidden 0, where there can be such a row.</summary>
    private static string Softmax(Chain chain, string scores, long precision, Scalar kind, bool mayHideAll)
    {
        var exact = ElementKinds.Of(precision) ?? throw new TypeException($"softmax_precision is {precision}, which is no kind of number");
        if (exact != kind) scores = chain.Add("Cast", [scores], ("to", precision));
        var chances = chain.Add("Softmax", [scores], ("axis", -1L));
        if (mayHideAll)
        {
            var hidden = chain.Add("Equal", [chain.Add("ReduceMax", [scores, chain.Wholes(-1)]), chain.Number(exact, double.NegativeInfinity)]);
            chances = chain.Add("Where", [hidden, chain.Number(exact, 0), chances]);
        }
        return exact == kind ? chances : chain.Add("Cast", [chances], ("to", (long)ElementKinds.Number(kind)));
    }

    private static Expr Heads(OnnxNode node, RaiseScope scope, int operand, string attribute)
    {
        var type = scope.Type(node.Input(operand));
        if (type.Rank == 4) return type.Shape[1];
        if (type.Rank != 3) throw new TypeException($"operand {operand} must have three or four axes, it is {type}");
        var heads = node.Int(attribute, 0) is > 0 and var given ? given : throw new TypeException($"{attribute} must be given for {type}");
        return type.Shape[^1] is Number { Integer: var all } && all % heads != 0 ? throw new TypeException($"the last axis of {type} cannot be split into {heads} heads") : (Expr)heads;
    }
}
