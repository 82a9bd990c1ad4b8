namespace Lathe.Ir.Ops;

/// <summary>The largest number of each window, and where in x it is. ONNX MaxPool, opset 22.</summary>
/// <param name="KernelShape">Extent of the window.</param>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="CeilMode">Whether a window that is partly beyond the padded image counts.</param>
/// <param name="Dilations">Step between taps of the window, in pixels.</param>
/// <param name="Pads">Padding, in pixels: the beginning of each spatial axis, then the end of each.</param>
/// <param name="StorageOrder">How places are counted in the second result: 0 the last axis fastest, 1 the first spatial axis fastest.</param>
/// <param name="Strides">Step from result to result, in pixels.</param>
/// <remarks>Results: the numbers; their places in x, as i64.</remarks>
public sealed record MaxPool(Seq<long> KernelShape, string AutoPad = "NOTSET", bool CeilMode = false, Seq<long> Dilations = default, Seq<long> Pads = default, long StorageOrder = 0, Seq<long> Strides = default)
    : Pool(KernelShape, AutoPad, CeilMode, Dilations, Pads, Strides)
{
    public override Seq<TensorType> Infer(Operands x)
    {
        var type = InferOne(x);
        return [type, new(type.Shape, Scalar.I64)];
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var least = Reduce.Identity(ReduceKind.Max, x.Scalar(0).Arithmetic);
        var largest = Expr.Largest(Taps, k => Read(x, at, k, least));
        if (result == 0) return largest;
        return Expr.Reduce(ReduceKind.Min, Taps, k =>
        {
            var (index, number) = (Index(x, at, k), Read(x, at, k, least));
            var found = Expr.Same(number, largest);
            if (number.Type.IsReal) found |= Call.Of(Function.IsNan, number);
            return Expr.Select(Dense.Inside(x.Shape(0), index) & found, Place(x.Shape(0), index), long.MaxValue);
        });
    }

    private Expr Place(Seq<Expr> shape, Seq<Expr> index) => StorageOrder == 0 ? Indexing.Flat(shape, index)
        : Indexing.Flat([.. shape[..2], .. shape[2..].Reverse()], [.. index[..2], .. index[2..].Reverse()]);

    public override IEnumerable<Example> Examples() =>
    [
        .. base.Examples(),
        new(this with { KernelShape = [2, 3], StorageOrder = 1 }, Operand.F32(2, 2, 4, 5)),
        new(this with { KernelShape = [2, 2], Pads = [1, 1, 1, 1] }, Operand.Of(Scalar.I8, 1, 2, 4, 4)),
        new(this with { KernelShape = [2, 2] }, Operand.Of(Scalar.U8, 1, 2, 4, 4)),
    ];
}
