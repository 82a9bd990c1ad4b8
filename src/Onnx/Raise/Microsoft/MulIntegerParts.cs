namespace Lathe.Onnx;

/// <summary>Products, sums and matrix products of small whole numbers in i32: MulInteger (a, its zero point, b, its zero point), ReduceSumInteger, MatMulInteger16.</summary>
internal sealed class MulIntegerParts() : MicrosoftForm("MatMulInteger16", "MulInteger", "ReduceSumInteger")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        string Wide(int operand) => chain.Add("Cast", [node.Input(operand)], ("to", (long)ElementKinds.Number(Scalar.I32)));
        string Shifted(int operand) => node.Input(operand + 1) == "" ? Wide(operand) : chain.Add("Sub", [Wide(operand), Wide(operand + 1)]);
        chain.Name(node.OpType switch
        {
            "MulInteger" => chain.Add("Mul", [Shifted(0), Shifted(2)]),
            "MatMulInteger16" => chain.Add("MatMul", [Wide(0), Wide(1)]),
            _ => chain.Add("ReduceSum", [Wide(0), chain.Wholes(node.Ints("axes") ?? throw new TypeException("axes is missing"))], ("keepdims", node.Int("keepdims", 1))),
        }, node.Outputs[0]);
    }
}
