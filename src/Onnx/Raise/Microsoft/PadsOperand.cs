namespace Lathe.Onnx;

/// <summary>ConvTransposeWithDynamicPads: ConvTranspose whose padding is an operand, which must be known when compiling.</summary>
/// <remarks>Operands: image; filters; pads; bias.</remarks>
internal sealed class PadsOperand() : MicrosoftForm("ConvTransposeWithDynamicPads")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var plain = node with { OpType = "ConvTranspose", Domain = "", Opset = Opsets.Newest, Inputs = Present(node.Input(0), node.Input(1), node.Input(3)) };
        if (node.Input(2) != "")
        {
            if (scope.Known(node.Input(2)) is not { } pads || pads.Any(p => p is not Number)) throw new TypeException($"the pads {scope.Type(node.Input(2))} must be known when compiling");
            plain = plain.With("pads", (Seq<long>)[.. pads.Select(p => p.Whole)]);
        }
        chain.Result(plain);
    }
}
