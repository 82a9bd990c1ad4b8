namespace Lathe.Onnx;

/// <summary>A matrix product of operands that may be transposed, times a factor; FusedMatMulActivation also takes a function of it.</summary>
/// <remarks>transA swaps the last two axes; transBatchA puts the first axis before the last one, the batch axes in front of both.</remarks>
internal sealed class FusedMatMulParts() : MicrosoftForm("FusedMatMul", "FusedMatMulActivation", "TransposeMatMul")
{
    private static readonly Seq<string> Numbers = ["activation_alpha", "activation_beta", "activation_gamma"];

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        string Turned(int operand, string side)
        {
            var (batch, last) = (node.Int($"transBatch{side}", 0) != 0, node.Int($"trans{side}", 0) != 0);
            var rank = scope.Type(node.Input(operand)).Rank;
            if (rank < 2 || !batch && !last) return node.Input(operand);
            long[] order = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
            if (batch) order = [.. order[1..^1], 0, order[^1]];
            if (last) (order[^1], order[^2]) = (order[^2], order[^1]);
            return chain.Add("Transpose", [node.Input(operand)], ("perm", order));
        }

        var (kind, alpha) = (scope.Type(node.Input(0)).Scalar, node.Float("alpha", 1));
        var product = chain.Add("MatMul", [Turned(0, "A"), Turned(1, "B")]);
        if (alpha != 1) product = chain.Add("Mul", [product, chain.Number(kind, alpha)]);
        chain.Name(FusedActivation.Of(chain, product, node.String("activation", ""), [.. Numbers.Where(node.Has).Select(n => node.Float(n, 0))], kind), node.Outputs[0]);
    }
}
