namespace Lathe.Ir.Ops;

/// <summary>The p-norm of each window: the p-th root of the sum of |x| to the power p. ONNX LpPool, opset 22.</summary>
/// <param name="KernelShape">Extent of the window.</param>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="CeilMode">Whether a window that is partly beyond the padded image counts.</param>
/// <param name="Dilations">Step between taps of the window, in pixels.</param>
/// <param name="Pads">Padding, in pixels: the beginning of each spatial axis, then the end of each.</param>
/// <param name="P">The power.</param>
/// <param name="Strides">Step from result to result, in pixels.</param>
public sealed record LpPool(Seq<long> KernelShape, string AutoPad = "NOTSET", bool CeilMode = false, Seq<long> Dilations = default, long P = 2, Seq<long> Pads = default, Seq<long> Strides = default)
    : Pool(KernelShape, AutoPad, CeilMode, Dilations, Pads, Strides)
{
    protected override TensorType InferOne(Operands x)
    {
        x.Real(0);
        return base.InferOne(x);
    }

    public override Expr At(Operands x, Seq<Expr> at, int result) => Norm.Of(P, Taps, k => Read(x, at, k, 0));

    public override IEnumerable<Example> Examples() => [.. base.Examples(), new(this with { KernelShape = [2, 2], P = 3 }, Operand.F32(1, 2, 4, 4)), new(this with { KernelShape = [2, 2], P = 1 }, Operand.F32(1, 2, 4, 4))];
}
