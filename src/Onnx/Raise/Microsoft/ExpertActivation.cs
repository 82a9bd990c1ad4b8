namespace Lathe.Onnx;

/// <summary>What stands between the two layers of an expert, as MoE and QMoE name it.</summary>
internal sealed class ExpertActivation(OnnxNode node, Chain chain)
{
    /// <summary>The function of what the first layer made.</summary>
    /// <param name="made">[rows, numbers]; for a fused swiglu twice as many numbers: what opens and what passes, in turns or one behind the other.</param>
    /// <param name="gated">What fc3 made, which the function is multiplied with; null where there is no fc3.</param>
    /// <param name="numbers">That the second layer reads.</param>
    public string Of(string made, string? gated, long numbers)
    {
        var name = node.String("activation_type", "relu");
        if (name == "swiglu")
        {
            var (gate, linear) = (node.Int("swiglu_fusion", 0), gated) switch
            {
                (0, not null) => (made, gated),
                (1, null) => Turns(made, numbers),
                (2, null) => chain.Many("Split", [made], 2, ("axis", 1L), ("num_outputs", 2L)) is var halves ? (halves[0], halves[1]) : default,
                var (fusion, _) => throw new TypeException($"swiglu_fusion is {fusion}, and fc3 is {(gated is null ? "not " : "")}given: 0 asks for fc3, 1 and 2 for none"),
            };
            return Swiglu(gate, linear);
        }
        var opened = name switch
        {
            "identity" => made,
            "relu" => chain.Add("Relu", [made]),
            "gelu" => chain.Add("Gelu", [made], ("approximate", "tanh")),
            "silu" => chain.Add("Mul", [made, chain.Add("Sigmoid", [made])]),
            _ => throw new TypeException($"activation_type must be gelu, identity, relu, silu or swiglu, it is {name}"),
        };
        return gated is null ? opened : chain.Add("Mul", [opened, gated]);
    }

    private (string, string) Turns(string made, long numbers)
    {
        var pairs = chain.Add("Reshape", [made, chain.Wholes(0, numbers, 2)]);
        string Of(long number) => chain.Add("Gather", [pairs, chain.Number(Scalar.I64, number)], ("axis", 2L));
        return (Of(0), Of(1));
    }

    /// <summary>g · sigmoid(alpha · g) · (l + beta), both held within a limit where there is one.</summary>
    private string Swiglu(string gate, string linear)
    {
        string Const(double number, string like) => chain.Add("CastLike", [chain.Number(Scalar.F32, number), like]);
        if (node.Has("swiglu_limit"))
        {
            var limit = node.Float("swiglu_limit", 0);
            gate = chain.Add("Clip", [gate, "", Const(limit, gate)]);
            linear = chain.Add("Clip", [linear, Const(-limit, linear), Const(limit, linear)]);
        }
        var open = chain.Add("Mul", [gate, chain.Add("Sigmoid", [chain.Add("Mul", [gate, Const(node.Float("activation_alpha", 1), gate)])])]);
        return chain.Add("Mul", [open, chain.Add("Add", [linear, Const(node.Float("activation_beta", 0), linear)])]);
    }
}
