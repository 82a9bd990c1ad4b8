namespace Lathe.Ir.Ops;

/// <summary>Reads images at places that another tensor names. ONNX GridSample, opset 22.</summary>
/// <param name="AlignCorners">Whether -1 and 1 are the centers of the corner elements, else their outer edges.</param>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="PaddingMode">What is outside: zeros; border, the nearest element; reflection, mirrored at the edge.</param>
/// <remarks>Operands: x [N, C, D…]; places [N, O…, r] between -1 and 1, the last axis of x first. The result is [N, C, O…].</remarks>
public sealed record GridSample(bool AlignCorners = false, string Mode = "linear", string PaddingMode = "zeros") : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        var (image, places) = (x.Shape(0), x.Real(1).Shape);
        Require(Mode is "nearest" or "linear" or "cubic", $"mode must be nearest, linear or cubic, it is {Mode}");
        Require(PaddingMode is "zeros" or "border" or "reflection", $"padding_mode must be zeros, border or reflection, it is {PaddingMode}");
        Require(image.Count >= 3 && places.Count == image.Count, $"x must be [N, C, D…] and the places [N, O…, r], they are {x.Type(0)} and {x.Type(1)}");
        x.Equal(places[^1], image.Count - 2, $"numbers of a place in {x.Type(1)} for the axes of {x.Type(0)}");
        x.Equal(places[0], image[0], $"places {x.Type(1)} for the images {x.Type(0)}");
        var result = new TensorType([.. image[..2], .. places[1..^1]], x.Real(0).Scalar);
        for (var axis = 2; PaddingMode != "zeros" && axis < image.Count; axis++) x.NotEmpty(image[axis], result.Size, $"axis {axis} of {x.Type(0)}");
        return result;
    }

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var extents = x.Shape(0)[2..];
        var taps = new Seq<(Expr Index, Expr Weight)>[extents.Count];
        for (var axis = 0; axis < taps.Length; axis++)
        {
            var place = Place(x[1]([at[0], .. at[2..], taps.Length - 1 - axis]).As(Scalar.F32), extents[axis].As(Scalar.F32));
            if (Mode == "nearest") place = Expr.Round(place);
            // Cubic weights are those of the place itself: only the elements it reads are brought inside.
            if (Mode != "cubic") place = Held(place, extents[axis]);
            taps[axis] = Sampling.Taps(place, Mode);
        }
        return Sampling.Sum(taps, index => x[0]([.. at[..2], .. index.Select((i, axis) => PaddingMode == "zeros" ? i : Expr.Clamp(Held(i.As(Scalar.F32), extents[axis]).As(Scalar.I64), 0, extents[axis] - 1))], PaddingMode == "zeros" ? 0 : null));
    }

    /// <summary>A place between -1 and 1 in elements.</summary>
    private Expr Place(Expr place, Expr extent) => AlignCorners ? (place + 1.0) * 0.5 * (extent - 1.0) : ((place + 1.0) * extent - 1.0) * 0.5;

    /// <summary>A place brought inside as the padding says.</summary>
    private Expr Held(Expr place, Expr extent)
    {
        var (low, high) = AlignCorners ? (Number.Of(Scalar.F32, 0.0), (extent - 1).As(Scalar.F32)) : (Number.Of(Scalar.F32, -0.5), extent.As(Scalar.F32) - 0.5);
        if (PaddingMode == "zeros") return place;
        if (PaddingMode == "border") return Expr.Clamp(place, 0, (extent - 1).As(Scalar.F32));
        var span = high - low;
        var along = Call.Of(Function.Remainder, Expr.Abs(place - low), Expr.Max(span * 2.0, 1e-30));
        return low + Expr.Min(along, span * 2.0 - along);
    }

    public override IEnumerable<Example> Examples() =>
        from mode in new[] { "nearest", "linear", "cubic" }
        from padding in new[] { "zeros", "border", "reflection" }
        from align in new[] { false, true }
        select new Example(this with { Mode = mode, PaddingMode = padding, AlignCorners = align }, mode == "linear" && !align
            ? [Operand.F32(1, 2, 3, 4, 2), Operand.F32(1, 2, 1, 3, 3) with { Low = -1.3, High = 1.3 }] : [Operand.F32(2, 2, 4, 5), Operand.F32(2, 3, 2, 2) with { Low = -1.3, High = 1.3 }]);
}
