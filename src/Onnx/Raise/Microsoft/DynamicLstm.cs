namespace Lathe.Onnx;

/// <summary>DynamicQuantizeLSTM: an LSTM whose weights are bytes.</summary>
/// <remarks>
/// Operands 0 to 7 as of LSTM, but for weights [directions, numbers, 4 · hidden]; then scale and zero point of the weights, and of the recurrent
/// ones: one for each direction, or one for each column. The inputs' own quantization, which ONNX Runtime does to be fast, is not part of the meaning.
/// </remarks>
internal sealed class DynamicLstm() : MicrosoftForm("DynamicQuantizeLSTM")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        string Weights(int operand, int scale)
        {
            string Wide(string value) => chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(Scalar.F32)));
            string Columns(string value) => chain.Add("Unsqueeze", [value, scope.Type(value).Rank == 1 ? chain.Wholes(1, 2) : chain.Wholes(1)]);
            var numbers = Wide(node.Input(operand));
            if (node.Input(scale + 1) != "") numbers = chain.Add("Sub", [numbers, Wide(Columns(node.Input(scale + 1)))]);
            return chain.Add("Transpose", [chain.Add("Mul", [numbers, Columns(node.Input(scale))])], ("perm", (Seq<long>)[0, 2, 1]));
        }
        chain.Result(node with { OpType = "LSTM", Domain = "", Opset = Opsets.Newest, Inputs = Present([node.Input(0), Weights(1, 8), Weights(2, 10), .. node.Inputs.Skip(3).Take(5)]) });
    }
}
