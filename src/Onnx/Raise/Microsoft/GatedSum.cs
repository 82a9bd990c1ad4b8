namespace Lathe.Onnx;

/// <summary>GatedAdd: x plus y times a gate for each row.</summary>
internal sealed class GatedSum() : MicrosoftForm("GatedAdd")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain) => chain.Name(chain.Add("Add", [node.Input(0), chain.Add("Mul", [node.Input(1), node.Input(2)])]), node.Outputs[0]);
}
