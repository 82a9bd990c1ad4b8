namespace Lathe.Onnx;

/// <summary>MatMulNBitsMlp and MatMulNBitsQkv: products of one input, which may be normalized first, with two or three matrices of narrow numbers.</summary>
/// <remarks>
/// Operands: x; what is added to it (or none); the scale of its RMSNormalization (or none); then for each matrix its bytes, its scales and a bias
/// (or none). Results: of Mlp the function of the first product times the second, of Qkv the three products; then the sum of x and what is added.
/// </remarks>
internal sealed class NBitsProducts() : MicrosoftForm("MatMulNBitsMlp", "MatMulNBitsQkv")
{
    private const int Matrices = 3;

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var mlp = node.OpType == "MatMulNBitsMlp";
        var x = node.Input(0);
        if (node.Input(1) != "") x = chain.Add("Add", [x, node.Input(1)]);
        chain.Name(x, Result(node, mlp ? 1 : 3));
        if (node.Input(2) != "") x = chain.Add("RMSNormalization", [x, node.Input(2)], ("epsilon", node.Float("epsilon", 1e-5)));
        string Product(int number, string rows)
        {
            var place = Matrices + 3 * number;
            return chain.Add(OnnxNode.Of("MatMulNBits", [x, node.Input(place), node.Input(place + 1), "", "", node.Input(place + 2)], [""],
                ("K", node.Int("K", 0)), ("N", node.Int(rows, 0)), ("bits", node.Int("bits", 4)), ("block_size", node.Int("block_size", 0))) with
            { Domain = node.Domain, Opset = node.Opset });
        }
        if (mlp)
        {
            var gate = Product(0, "N");
            if (node.String("activation", "") is not "silu" and var activation) throw new TypeException($"activation must be silu, it is {activation}");
            chain.Name(chain.Add("Mul", [chain.Add("Mul", [gate, chain.Add("Sigmoid", [gate])]), Product(1, "N")]), Result(node, 0));
        }
        else
        {
            foreach (var (number, rows) in new[] { "Nq", "Nkv", "Nkv" }.Index()) chain.Name(Product(number, rows), Result(node, number));
        }
    }
}
