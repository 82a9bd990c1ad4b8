namespace Lathe.Onnx;

/// <summary>FlexAttention as the products and the softmax that it is made of, its graphs between them.</summary>
/// <remarks>Operands: queries, keys and values, [batch, heads, sequence, numbers]; heads of keys are shared by equally many of the queries.</remarks>
internal sealed class FlexAttentionParts() : ForeignForm("ai.onnx.preview", "FlexAttention")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (query, key, value) = (scope.Type(node.Input(0)), scope.Type(node.Input(1)), scope.Type(node.Input(2)));
        if (query.Rank != 4 || key.Rank != 4 || value.Rank != 4) throw new TypeException($"operands must have four axes, they are {query}, {key}, {value}");
        var heads = new AttentionHeads(chain, node.Input(0), query.Shape[1], key.Shape[1]);
        heads.Check();
        var exact = ElementKinds.Of(node.Int("softmax_precision", ElementKinds.Number(query.Scalar == Scalar.F64 ? Scalar.F64 : Scalar.F32))) ?? throw new TypeException("softmax_precision is no kind of number");

        string As(string operand, Scalar from, Scalar to) => from == to ? operand : chain.Add("Cast", [operand], ("to", (long)ElementKinds.Number(to)));
        string Modified(string attribute, string numbers)
        {
            if (!node.Has(attribute)) return numbers;
            var (nodes, outputs) = InlinedGraph.Of(node.Graph(attribute), [numbers], $"{node.Outputs[0]}/{attribute}", scope);
            foreach (var inner in nodes) chain.Result(inner);
            return outputs is [var one] ? one : throw new TypeException($"{attribute} must return one tensor");
        }

        var product = As(chain.Add("MatMul", [node.Input(0), chain.Add("Transpose", [heads.Shared(node.Input(1))], ("perm", (Seq<long>)[0, 1, 3, 2]))]), query.Scalar, exact);
        var scores = chain.Add("Mul", [product, heads.Scale(node, exact, query.Shape[3])]);
        var chances = Modified("prob_mod", chain.Add("Softmax", [Modified("score_mod", scores)], ("axis", -1L)));
        chain.Name(chain.Add("MatMul", [As(chances, exact, value.Scalar), heads.Shared(node.Input(2))]), node.Outputs[0]);
    }
}
