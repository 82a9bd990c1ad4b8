namespace Lathe.Onnx;

/// <summary>A convolution, what is added to it, and a function of the sum.</summary>
/// <remarks>Operands: image, filters; optionally bias and a summand of the result's shape.</remarks>
internal sealed class FusedConvParts() : MicrosoftForm("FusedConv")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var sum = chain.Add(node.Without("activation", "activation_params") with { OpType = "Conv", Domain = "", Opset = Opsets.Newest, Inputs = Present([.. node.Inputs.Take(3)]) });
        if (node.Input(3) != "") sum = chain.Add("Add", [sum, node.Input(3)]);
        chain.Name(FusedActivation.Of(chain, sum, node.String("activation", ""), node.Floats("activation_params") ?? [], scope.Type(node.Input(0)).Scalar), node.Outputs[0]);
    }
}
