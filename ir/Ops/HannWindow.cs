namespace Lathe.Ir.Ops;

/// <summary>Hann's window. ONNX HannWindow, opset 17.</summary>
/// <param name="OutputDatatype">The kind of the result.</param>
/// <param name="Periodic">Whether the window ends one step before it would reach its first value again.</param>
public sealed record HannWindow(Scalar OutputDatatype = Scalar.F32, bool Periodic = true) : CosineWindow(OutputDatatype, Periodic)
{
    protected override Seq<double> Factors => [0.5, 0.5];
}
