namespace Lathe.Onnx;

/// <summary>ExpandDims: one axis of extent 1 more, as Unsqueeze.</summary>
internal sealed class ExpandDimsAxis() : MicrosoftForm("ExpandDims")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain) =>
        chain.Name(chain.Add("Unsqueeze", [node.Input(0), chain.Add("Reshape", [chain.Add("Cast", [node.Input(1)], ("to", (long)ElementKinds.Number(Scalar.I64))), chain.Wholes(1)])]), node.Outputs[0]);
}
