namespace Lathe.Ir.Ops;

/// <summary>The product of the numbers up to each place along an axis. ONNX CumProd, opset 26.</summary>
/// <param name="Exclusive">Whether a place does not count itself.</param>
/// <param name="Reverse">Whether it goes from the end to the beginning.</param>
public sealed record CumProd(bool Exclusive = false, bool Reverse = false) : Running(Exclusive, Reverse)
{
    protected override ReduceKind Kind => ReduceKind.Product;
}
