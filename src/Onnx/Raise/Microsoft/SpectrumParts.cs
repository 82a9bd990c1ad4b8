namespace Lathe.Onnx;

/// <summary>Rfft and Irfft as DFT of one axis; ComplexMul and ComplexMulConj of numbers whose real and imaginary parts lie along the last axis.</summary>
internal sealed class SpectrumParts() : MicrosoftForm("ComplexMul", "ComplexMulConj", "Irfft", "Rfft")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        if (node.OpType is "Rfft" or "Irfft")
        {
            if (node.Int("signal_ndim", 1) != 1 || node.Int("onesided", 1) != 1 || node.Int("normalized", 0) != 0) throw new TypeException("transforms of one axis, of one side and without normalization are read");
            var forward = node.OpType == "Rfft";
            var x = forward ? chain.Add("Unsqueeze", [node.Input(0), chain.Wholes(-1)]) : node.Input(0);
            var y = chain.Add("DFT", [x, "", chain.Number(Scalar.I64, -2)], ("onesided", 1L), ("inverse", forward ? 0L : 1L));
            chain.Name(forward ? y : chain.Add("Squeeze", [y, chain.Wholes(-1)]), node.Outputs[0]);
            return;
        }
        var (a, b) = (chain.Many("Split", [node.Input(0)], 2, ("axis", -1L), ("num_outputs", 2L)), chain.Many("Split", [node.Input(1)], 2, ("axis", -1L), ("num_outputs", 2L)));
        string Product(string left, string right) => chain.Add("Mul", [left, right]);
        var (plus, minus) = node.OpType == "ComplexMulConj" ? ("Add", "Sub") : ("Sub", "Add");
        var real = chain.Add(plus, [Product(a[0], b[0]), Product(a[1], b[1])]);
        var imaginary = node.OpType == "ComplexMulConj" ? chain.Add(minus, [Product(a[1], b[0]), Product(a[0], b[1])]) : chain.Add(minus, [Product(a[0], b[1]), Product(a[1], b[0])]);
        chain.Name(chain.Add("Concat", [real, imaginary], ("axis", -1L)), node.Outputs[0]);
    }
}
