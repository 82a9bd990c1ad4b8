namespace Lathe.Onnx;

/// <summary>A product with a matrix of 2-, 4- or 8-bit numbers in blocks.</summary>
/// <remarks>Operands: a [..., K]; b [N, blocks, bytes]; scales; optionally zero points, the block of each column where columns are not in the order of blocks (g_idx), and a bias [N].</remarks>
internal sealed class MatMulNBitsParts() : MicrosoftForm("MatMulNBits")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (columns, rows) = (node.Int("K", 0), node.Int("N", 0));
        if (columns <= 0 || rows <= 0) throw new TypeException($"K and N must be positive, they are {columns} and {rows}");
        var matrix = new NBitsWeight(node.Int("bits", 4), node.Int("block_size", 0), scope, chain).Read(node.Input(1), node.Input(2), node.Input(3), rows, columns, node.Input(4));
        var product = chain.Add("MatMul", [node.Input(0), chain.Add("Transpose", [matrix], ("perm", (Seq<long>)[1, 0]))]);
        chain.Name(node.Input(5) == "" ? product : chain.Add("Add", [product, node.Input(5)]), node.Outputs[0]);
    }
}
