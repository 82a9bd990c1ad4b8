namespace Lathe.Onnx;

/// <summary>A choice between two quantized tensors.</summary>
/// <remarks>Operands: the condition; x, its scale and zero point; y, its scale and zero point; scale and zero point of the result.</remarks>
internal sealed class QLinearWhereParts() : QLinearForm("QLinearWhere")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain) =>
        Write(chain, node, chain.Add("Where", [node.Input(0), Read(chain, node, 1), Read(chain, node, 4)]), 7, scope.Type(node.Input(1)).Scalar);
}
