namespace Lathe.Onnx;

/// <summary>An operator on quantized numbers that ONNX Runtime defines by what it does to the numbers they stand for: read, compute, quantize again.</summary>
internal abstract class QLinearForm(params Seq<string> operators) : MicrosoftForm(operators)
{
    /// <summary>The numbers that an operand stands for, its scale and zero point in the two operands behind it.</summary>
    protected static string Read(Chain chain, OnnxNode node, int operand) => chain.Add("DequantizeLinear", Present([node.Input(operand), node.Input(operand + 1), node.Input(operand + 2)]));

    /// <summary>Quantizes a value into the first result.</summary>
    /// <param name="scale">The operand with the scale; the one behind it is the zero point.</param>
    /// <param name="kind">Of the result.</param>
    protected static void Write(Chain chain, OnnxNode node, string value, int scale, Scalar kind)
    {
        var zero = node.Input(scale + 1);
        chain.Name(zero != "" ? chain.Add("QuantizeLinear", [value, node.Input(scale), zero])
            : chain.Add("QuantizeLinear", [value, node.Input(scale)], ("output_dtype", (long)ElementKinds.Number(kind))), node.Outputs[0]);
    }
}
