namespace Lathe.Ir.Ops;

/// <summary>The sum of the numbers up to each place along an axis. ONNX CumSum, opset 14.</summary>
/// <param name="Exclusive">Whether a place does not count itself.</param>
/// <param name="Reverse">Whether it goes from the end to the beginning.</param>
public sealed record CumSum(bool Exclusive = false, bool Reverse = false) : Running(Exclusive, Reverse)
{
    protected override ReduceKind Kind => ReduceKind.Sum;
}
