namespace Lathe.Onnx;

/// <summary>Inverse of com.microsoft: the inverses of square matrices.</summary>
internal sealed class MatrixInverse() : MicrosoftForm("Inverse")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain) => chain.Name(chain.Add("Inverse", [node.Input(0)]), node.Outputs[0]);
}
