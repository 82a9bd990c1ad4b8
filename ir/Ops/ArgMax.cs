namespace Lathe.Ir.Ops;

/// <summary>Where along an axis the largest number is. ONNX ArgMax, opset 13.</summary>
/// <param name="Axis">Counted from the end where negative.</param>
/// <param name="Keepdims">Whether the axis stays, with extent 1.</param>
/// <param name="SelectLastIndex">Which of equal ones: the last instead of the first.</param>
public sealed record ArgMax(long Axis = 0, bool Keepdims = true, bool SelectLastIndex = false) : ArgExtreme(Axis, Keepdims, SelectLastIndex)
{
    protected override ReduceKind Kind => ReduceKind.Max;
}
