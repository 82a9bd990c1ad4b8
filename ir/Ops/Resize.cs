namespace Lathe.Ir.Ops;

/// <summary>Reads a tensor at places between its elements, so that axes get other extents. ONNX Resize, opset 19.</summary>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="CoordinateTransformationMode">Where in x a place of the result lies: half_pixel, half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric or tf_crop_and_resize.</param>
/// <param name="NearestMode">Which neighbour is nearest: round_prefer_floor, round_prefer_ceil, floor or ceil.</param>
/// <param name="Antialias">Whether shrinking widens the filter so that every element counts.</param>
/// <param name="Axes">The axes that scales, sizes and roi speak of; all if empty.</param>
/// <param name="CubicCoeffA">The free coefficient of cubic interpolation.</param>
/// <param name="ExcludeOutside">Whether what is outside x has no weight; else it is the nearest element.</param>
/// <param name="ExtrapolationValue">With tf_crop_and_resize, the number for places outside x.</param>
/// <param name="KeepAspectRatioPolicy">What sizes mean: stretch, themselves; not_larger or not_smaller, a bound for one scale of all axes.</param>
/// <remarks>Operands: x; optionally roi (the begin of each axis, then the end of each, as shares of x); either scales or sizes.</remarks>
public sealed record Resize(string Mode = "nearest", string CoordinateTransformationMode = "half_pixel", string NearestMode = "round_prefer_floor", bool Antialias = false, Seq<long> Axes = default,
    float CubicCoeffA = -0.75f, bool ExcludeOutside = false, float ExtrapolationValue = 0, string KeepAspectRatioPolicy = "stretch") : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        OneOf(nameof(Mode), Mode, "nearest", "linear", "cubic");
        OneOf(nameof(CoordinateTransformationMode), CoordinateTransformationMode, "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize");
        OneOf(nameof(NearestMode), NearestMode, "round_prefer_floor", "round_prefer_ceil", "floor", "ceil");
        OneOf(nameof(KeepAspectRatioPolicy), KeepAspectRatioPolicy, "stretch", "not_larger", "not_smaller");
        Require(Mode == "nearest" || x.Scalar(0) != Scalar.Bool, $"{x.Type(0)} cannot be interpolated");
        var shape = x.Shape(0).ToArray();
        foreach (var line in Lines(x)) shape[line.Axis] = line.To;
        foreach (var line in Lines(x)) if (!line.IsIdentity) x.NotEmpty(line.From, line.To, $"axis {line.Axis} of {x.Type(0)}");
        return new(new(shape), x.Scalar(0));
    }

    private static void OneOf(string attribute, string value, params Seq<string> known) =>
        Require(known.Contains(value), $"{RecordText.Snake(attribute)} must be one of {known}, it is {value}");

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var lines = Lines(x).Where(line => !line.IsIdentity).ToArray();
        if (Mode == "nearest") return lines.Aggregate(x[0](lines.Aggregate(at, (index, line) => index.With(line.Axis, line.Nearest(at[line.Axis], NearestMode)))), (number, line) => line.Held(number, at));
        var kind = x.Scalar(0).Arithmetic;
        Access read = (index, _) => x[0](index).As(kind.IsReal ? kind : Scalar.F32);
        var filter = new Filter(Mode, CubicCoeffA, Antialias, ExcludeOutside);
        foreach (var line in lines)
        {
            var inner = read;
            read = (index, _) => line.Held(filter.Sum(line, index[line.Axis], place => inner(index.With(line.Axis, place))), index);
        }
        return read(at).As(kind);
    }

    /// <summary>How each axis is resized.</summary>
    private IEnumerable<Line> Lines(Operands x)
    {
        var axes = Axes is [] ? [.. Enumerable.Range(0, x.Shape(0).Count)] : Axes.Select(axis => x.Axis(axis)).ToArray();
        bool Given(int operand) => x.Has(operand) && x.Type(operand).Size is not Number { Integer: 0 };
        Require(Given(2) != Given(3), $"either scales or sizes must be given");
        var given = x.MustKnow(Given(2) ? 2 : 3, Given(2) ? "scales" : "sizes");
        Require(given.Count == axes.Length, $"{given.Count} scales or sizes for {axes.Length} axes of {x.Type(0)}");
        var crops = CoordinateTransformationMode == "tf_crop_and_resize";
        if (crops) Require(Given(1), $"tf_crop_and_resize needs a roi");
        var common = Given(3) && KeepAspectRatioPolicy != "stretch" ? Common(x, axes, given) : ((Expr To, Expr From)?)null;
        return axes.Select((axis, i) =>
        {
            var from = x.Shape(0)[axis];
            var roi = crops ? (x.Known(1) is { } known ? (known[i], known[i + axes.Length]) : (x[1]([i]), x[1]([i + axes.Length]))) : ((Expr, Expr)?)null;
            var (to, scale) = common is var (sized, whole) ? (Linear.Simplify((sized * from * 2 + whole) / (whole * 2)), Line.Ratio(sized, whole)) : Given(3) ? (given[i], Line.Ratio(given[i], from)) : (Line.Scaled(from, given[i]), given[i]);
            return new Line(axis, from, to, scale, Given(3) && common is null, CoordinateTransformationMode, roi, ExtrapolationValue);
        });
    }

    /// <summary>The least, or the greatest, of the ratios of sizes to extents, as a fraction; both are compared as products, so that no rounding picks another.</summary>
    private (Expr To, Expr From) Common(Operands x, int[] axes, Seq<Expr> sizes)
    {
        var best = (To: sizes[0], From: x.Shape(0)[axes[0]]);
        foreach (var (size, axis) in sizes.Zip(axes).Skip(1))
        {
            var (own, other) = (Linear.Simplify(size * best.From), Linear.Simplify(best.To * x.Shape(0)[axis]));
            var better = Linear.Decided(KeepAspectRatioPolicy == "not_larger" ? own < other : other < own);
            best = (Linear.Simplify(Expr.Select(better, size, best.To)), Linear.Simplify(Expr.Select(better, x.Shape(0)[axis], best.From)));
        }
        return best;
    }

    public override IEnumerable<Example> Examples()
    {
        foreach (var where in new[] { "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric" })
            foreach (var mode in new[] { "nearest", "linear", "cubic" })
                yield return new(this with { Mode = mode, CoordinateTransformationMode = where }, Operand.F32(1, 2, 4, 5), null, null, Operand.Wholes(1, 2, 7, 3));
        foreach (var nearest in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" })
            yield return new(this with { NearestMode = nearest, CoordinateTransformationMode = nearest == "floor" ? "asymmetric" : "half_pixel" }, Operand.F32(1, 1, 3, 4), null, Operand.Constant(Scalar.F32, [4], 1, 1, 2, 1.5));
        yield return new(this with { Mode = "linear" }, Operand.F32(1, 2, 3, 4), null, Operand.Constant(Scalar.F32, [4], 1, 1, 2, 2));
        yield return new(this with { Mode = "linear", Antialias = true }, Operand.F32(7, 9), null, null, Operand.Wholes(3, 4));
        yield return new(this with { Mode = "cubic", Antialias = true, ExcludeOutside = true }, Operand.F32(7, 9), null, null, Operand.Wholes(4, 4));
        yield return new(this with { Mode = "cubic", ExcludeOutside = true, CubicCoeffA = -0.5f, Axes = [1] }, Operand.F32(2, 6), null, Operand.Constant(Scalar.F32, [1], 0.8));
        yield return new(this with { KeepAspectRatioPolicy = "not_larger" }, Operand.F32(4, 6), null, null, Operand.Wholes(7, 7));
        yield return new(this with { KeepAspectRatioPolicy = "not_smaller", Mode = "linear" }, Operand.F32(4, 6), null, null, Operand.Wholes(7, 7));
        yield return new(this with { CoordinateTransformationMode = "tf_crop_and_resize", Mode = "linear", ExtrapolationValue = 9 }, Operand.F32(4, 5), Operand.Constant(Scalar.F32, [4], 0.2, -0.3, 0.9, 1.2), null, Operand.Wholes(3, 6));
        yield return new(this, Operand.Of(Scalar.U8, 3, 4), null, null, Operand.Wholes(5, 8));
    }

}
