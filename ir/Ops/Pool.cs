namespace Lathe.Ir.Ops;

/// <summary>Makes one number of each window of an image with any number of spatial axes, channel by channel.</summary>
/// <param name="KernelShape">Extent of the window.</param>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="CeilMode">Whether a window that is partly beyond the padded image counts.</param>
/// <param name="Dilations">Step between taps of the window, in pixels.</param>
/// <param name="Pads">Padding, in pixels: the beginning of each spatial axis, then the end of each.</param>
/// <param name="Strides">Step from result to result, in pixels.</param>
/// <remarks>Shapes: x [N, C, spatial…]; result [N, C, spatial'…].</remarks>
public abstract record Pool(Seq<long> KernelShape, string AutoPad, bool CeilMode, Seq<long> Dilations, Seq<long> Pads, Seq<long> Strides) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Shape(0).Count >= 3, $"the image must be [N, C, spatial…], it is {x.Type(0)}");
        Require(KernelShape.Count == x.Shape(0).Count - 2 && KernelShape.All(tap => tap >= 1), $"the window {KernelShape} does not fit {x.Type(0)}");
        return new([.. x.Shape(0)[..2], .. Window(x).Results], x.Numeric(0).Scalar);
    }

    /// <summary>Extents of the image's spatial axes.</summary>
    protected static Seq<Expr> Image(Operands x) => x.Shape(0)[2..];

    protected Seq<Expr> Taps => [.. KernelShape.Select(tap => (Expr)tap)];

    protected Window Window(Operands x) => Ir.Window.Of(x, Image(x), Taps, AutoPad, Strides, Dilations, Pads, CeilMode);

    /// <summary>The index that a tap of a result's window reads.</summary>
    protected Seq<Expr> Index(Operands x, Seq<Expr> at, Seq<Expr> tap) => [.. at[..2], .. Window(x).Taps(at[2..], tap).Select(Linear.Simplify)];

    /// <summary>The number that a tap of a result's window reads.</summary>
    protected Expr Read(Operands x, Seq<Expr> at, Seq<Expr> tap, Expr outside) => x[0](Index(x, at, tap), Window(x).IsPadded ? outside : null);

    public override IEnumerable<Example> Examples() =>
    [
        new(this with { KernelShape = [2, 2] }, Operand.F32(1, 3, 4, 7)),
        new(this with { KernelShape = [3, 3], Pads = [1, 1, 1, 1], Strides = [2, 2] }, Operand.F32(2, 3, 7, 8)),
        new(this with { KernelShape = [3, 2], Strides = [2, 2], CeilMode = true }, Operand.F32(1, 2, 8, 5)),
        new(this with { KernelShape = [3, 3], Pads = [1, 0, 1, 1], Strides = [3, 2], CeilMode = true }, Operand.F32(1, 2, 7, 8)),
        new(this with { KernelShape = [2, 2], Dilations = [2, 1] }, Operand.F32(1, 2, 6, 5)),
        new(this with { KernelShape = [3, 2], AutoPad = "SAME_UPPER", Strides = [2, 2] }, Operand.F32(1, 2, 6, 7)),
        new(this with { KernelShape = [2, 2], AutoPad = "SAME_LOWER" }, Operand.F32(1, 2, 5, 5)),
        new(this with { KernelShape = [3] }, Operand.F32(1, 2, 9)),
        new(this with { KernelShape = [2, 1, 2] }, Operand.F32(1, 2, 3, 3, 3)),
        new(this with { KernelShape = [2, 2] }, Operand.Of(Scalar.F16, 1, 1, 4, 4)),
    ];
}
