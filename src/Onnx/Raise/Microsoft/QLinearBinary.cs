namespace Lathe.Onnx;

/// <summary>QLinearAdd and QLinearMul.</summary>
/// <remarks>Operands: a, its scale and zero point; b, its scale and zero point; scale and zero point of the result.</remarks>
internal sealed class QLinearBinary() : QLinearForm("QLinearAdd", "QLinearMul")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain) =>
        Write(chain, node, chain.Add(node.OpType["QLinear".Length..], [Read(chain, node, 0), Read(chain, node, 3)]), 6, scope.Type(node.Input(0)).Scalar);
}
