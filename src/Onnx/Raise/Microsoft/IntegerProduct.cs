namespace Lathe.Onnx;

/// <summary>Products of whole numbers less their zero points that end in f32 or are quantized again, summed exactly in i32.</summary>
internal sealed class IntegerProduct() : MicrosoftForm("DynamicQuantizeMatMul", "MatMulIntegerToFloat", "QGemm")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        string In(int i) => node.Input(i);
        switch (node.OpType)
        {
            case "QGemm": Gemm(node, chain); break;
            case "MatMulIntegerToFloat": // a, b, their scales, their zero points, bias
                chain.Name(Scaled(chain, [In(0), In(1), In(4), In(5)], chain.Add("Mul", [In(2), In(3)]), In(6)), node.Outputs[0]);
                break;
            default: // a in f32, b, its scale, its zero point, bias
                var (b, scale, zero, bias) = (In(1), In(2), In(3), In(4));
                var a = chain.Many("DynamicQuantizeLinear", [In(0)], 3);
                chain.Name(Scaled(chain, [a[0], b, a[2], zero], chain.Add("Mul", [a[1], scale]), bias), node.Outputs[0]);
                break;
        }
    }

    /// <summary>The product of a and b with zero points, times a scale, plus a bias.</summary>
    public static string Scaled(Chain chain, Seq<string> factors, string scale, string bias)
    {
        var sum = chain.Add("Cast", [chain.Add("MatMulInteger", Present(factors))], ("to", (long)ElementKinds.Number(Scalar.F32)));
        var product = chain.Add("Mul", [sum, scale]);
        return bias == "" ? product : chain.Add("Add", [product, bias]);
    }

    /// <summary>alpha·a·b + c: a, its scale and zero point; b, its scale and zero point; c of i32 in steps of the scales' product; scale and zero point of the result, without which it is f32.</summary>
    private static void Gemm(OnnxNode node, Chain chain)
    {
        string Turned(int operand, string attribute) => node.Int(attribute, 0) == 0 ? node.Input(operand) : chain.Add("Transpose", [node.Input(operand)], ("perm", (Seq<long>)[1, 0]));
        var sum = chain.Add("MatMulInteger", Present([Turned(0, "transA"), Turned(3, "transB"), node.Input(2), node.Input(5)]));
        if (node.Input(6) != "") sum = chain.Add("Add", [sum, node.Input(6)]);
        var scale = chain.Add("Mul", [node.Input(1), node.Input(4)]);
        if (node.Float("alpha", 1) is not 1 and var alpha) scale = chain.Add("Mul", [scale, chain.Number(Scalar.F32, alpha)]);
        if (node.Input(7) != "") scale = chain.Add("Div", [scale, node.Input(7)]);
        var product = chain.Add("Mul", [chain.Add("Cast", [sum], ("to", (long)ElementKinds.Number(Scalar.F32))), scale]);
        chain.Name(node.Input(7) == "" ? product : chain.Add("QuantizeLinear", [product, chain.Number(Scalar.F32, 1), node.Input(8)]), node.Outputs[0]);
    }
}
