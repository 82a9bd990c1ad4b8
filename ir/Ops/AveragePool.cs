namespace Lathe.Ir.Ops;

/// <summary>The mean of each window. ONNX AveragePool, opset 22.</summary>
/// <param name="KernelShape">Extent of the window.</param>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="CeilMode">Whether a window that is partly beyond the padded image counts.</param>
/// <param name="Dilations">Step between taps of the window, in pixels.</param>
/// <param name="Pads">Padding, in pixels: the beginning of each spatial axis, then the end of each.</param>
/// <param name="CountIncludePad">Whether padding counts as zeros; else the mean is over what is inside the image.</param>
/// <param name="Strides">Step from result to result, in pixels.</param>
public sealed record AveragePool(Seq<long> KernelShape, string AutoPad = "NOTSET", bool CeilMode = false, bool CountIncludePad = false, Seq<long> Dilations = default, Seq<long> Pads = default, Seq<long> Strides = default)
    : Pool(KernelShape, AutoPad, CeilMode, Dilations, Pads, Strides)
{
    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var sum = Expr.Sum(Taps, k => Read(x, at, k, 0));
        return sum / Window(x).Inside(Image(x), Taps, at[2..], CountIncludePad).As(sum.Type);
    }

    public override IEnumerable<Example> Examples() => base.Examples().Concat((this with { CountIncludePad = true }).Padded());

    private IEnumerable<Example> Padded() => base.Examples().Where(e => e.Op is Pool { Pads: not [] } or Pool { CeilMode: true } or Pool { AutoPad: not "NOTSET" });
}
