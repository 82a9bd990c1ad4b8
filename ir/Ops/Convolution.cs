namespace Lathe.Ir.Ops;

/// <summary>What convolutions share, whatever they multiply: the type rule and the sum over taps and channels.</summary>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="Dilations">Step between taps of the filter, in pixels.</param>
/// <param name="Group">Groups of channels that do not see each other.</param>
/// <param name="KernelShape">Extent of the filter; taken from the filters if empty.</param>
/// <param name="Pads">Zeros added, in pixels: the beginning of each spatial axis, then the end of each.</param>
/// <param name="Strides">Step from result to result, in pixels.</param>
/// <remarks>Shapes: image [N, C, spatial…], filters [F, C / group, taps…]; result [N, F, spatial'…].</remarks>
public abstract record Convolution(string AutoPad, Seq<long> Dilations, long Group, Seq<long> KernelShape, Seq<long> Pads, Seq<long> Strides) : FormulaOp
{
    /// <summary>The operand that holds the filters; the image is operand 0.</summary>
    protected virtual int Filters => 1;

    /// <summary>The operand that holds one number for each filter.</summary>
    protected virtual int Bias => 2;

    /// <summary>The shape of the result.</summary>
    protected Seq<Expr> Shape(Operands x)
    {
        var (image, filters) = (x.Shape(0), x.Shape(Filters));
        Require(image.Count >= 3, $"the image must be [N, C, spatial…], it is {x.Type(0)}");
        Require(filters.Count == image.Count, $"the filters must have the rank of the image {x.Type(0)}, they are {x.Type(Filters)}");
        Require(Group >= 1, $"group must be at least 1, it is {Group}");
        Require(KernelShape is [] || KernelShape.Count == filters.Count - 2, $"kernel_shape is {KernelShape}, the filters are {x.Type(Filters)}");
        foreach (var (axis, tap) in Taps(x).Index()) x.Equal(filters[2 + axis], tap, $"kernel_shape is {KernelShape}, the filters are {x.Type(Filters)}");
        x.Equal(image[1], Linear.Simplify(filters[1] * Group), $"the filters read {filters[1]} channels of each of {Group} groups, the image has {image[1]}");
        x.Check(Expr.Same(Linear.Simplify(filters[0] % Group), 0), $"{filters[0]} filters cannot be split into {Group} groups");
        if (x.Has(Bias)) x.Equal(x.Shape(Bias)[0], filters[0], "one bias for each filter");
        return [image[0], filters[0], .. Window(x).Results];
    }

    /// <summary>The sum over channels and taps of what is made of a pixel and its weight.</summary>
    /// <param name="padding">The number of a pixel outside the image.</param>
    /// <param name="pixel">What becomes of a pixel.</param>
    /// <param name="weight">What becomes of a weight.</param>
    protected Expr Sum(Operands x, Seq<Expr> at, Expr padding, Func<Expr, Expr> pixel, Func<Expr, Expr> weight)
    {
        var (filters, window) = (x.Shape(Filters), Window(x));
        Expr group = Group == 1 ? 0 : Linear.Simplify(at[1] / (filters[0] / Group));
        return Expr.Sum([filters[1], .. Taps(x)], k =>
            pixel(x[0]([at[0], group * filters[1] + k[0], .. window.Taps(at[2..], k[1..])], window.IsPadded ? padding : null)) * weight(x[Filters]([at[1], .. k])));
    }

    /// <summary>Extents of a filter: where the filters' own are open, kernel_shape says them.</summary>
    protected Seq<Expr> Taps(Operands x) => KernelShape is [] ? x.Shape(Filters)[2..] : [.. KernelShape.Select(tap => (Expr)tap)];

    /// <summary>Where the filters read.</summary>
    protected Window Window(Operands x) => Ir.Window.Of(x, x.Shape(0)[2..], Taps(x), AutoPad, Strides, Dilations, Pads);
}
