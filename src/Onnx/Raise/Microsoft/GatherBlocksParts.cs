namespace Lathe.Onnx;

/// <summary>GatherBlockQuantized: rows of a matrix of 4- or 8-bit numbers in blocks along the last axis, picked by number.</summary>
/// <remarks>Operands: the matrix, of a 4-bit kind or of bytes that hold two numbers each; row numbers; scales; optionally zero points.</remarks>
internal sealed class GatherBlocksParts() : MicrosoftForm("GatherBlockQuantized")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (data, bits, block) = (scope.Type(node.Input(0)), node.Int("bits", 4), node.Int("block_size", 128));
        if (data.Rank != 2 || !data.IsStatic || node.Int("gather_axis", 0) != 0 || node.Int("quantize_axis", 1) is not (1 or -1)) throw new TypeException($"rows of a matrix in blocks along its rows are read, not {data}");
        string all;
        if (data.Scalar.Bits == 8)
        {
            all = new NBitsWeight(bits, block, scope, chain).Read(node.Input(0), node.Input(2), node.Input(3), data.Shape[0].Whole, data.Shape[1].Whole * (8 / bits));
        }
        else all = chain.Add("DequantizeLinear", Present([node.Input(0), node.Input(2), node.Input(3)]), ("axis", 1L), ("block_size", block));
        chain.Name(chain.Add("Gather", [all, node.Input(1)]), node.Outputs[0]);
    }
}
