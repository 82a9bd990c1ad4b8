namespace Lathe.Ir.Ops;

/// <summary>Hamming's window. ONNX HammingWindow, opset 17.</summary>
/// <param name="OutputDatatype">The kind of the result.</param>
/// <param name="Periodic">Whether the window ends one step before it would reach its first value again.</param>
public sealed record HammingWindow(Scalar OutputDatatype = Scalar.F32, bool Periodic = true) : CosineWindow(OutputDatatype, Periodic)
{
    protected override Seq<double> Factors => [25.0 / 46, 21.0 / 46];
}
