namespace Lathe.Ir.Ops;

/// <summary>One axis that is resized: which place of the operand a place of the result stands for.</summary>
/// <param name="Axis">Counted from the start.</param>
/// <param name="From">Extent in the operand.</param>
/// <param name="To">Extent in the result.</param>
/// <param name="Scale">The extent of the result over that of the operand, as it was given or follows from the sizes.</param>
/// <param name="IsExact">Whether the scale is exactly the ratio of the extents.</param>
/// <param name="Where">The coordinate transformation.</param>
/// <param name="Roi">The part of the operand that is read, as shares of its extent; with tf_crop_and_resize.</param>
/// <param name="Beyond">The number for places outside, with tf_crop_and_resize.</param>
internal sealed record Line(int Axis, Expr From, Expr To, Expr Scale, bool IsExact, string Where, (Expr Begin, Expr End)? Roi, double Beyond)
{
    /// <summary>Whether every place stands for itself.</summary>
    public bool IsIdentity => Roi is null && (Scale is Number { Real: 1 } || IsExact && Linear.ProvesEqual(From, To));

    /// <summary>The scale between two extents.</summary>
    public static Expr Ratio(Expr to, Expr from) => to.As(Scalar.F32) / from.As(Scalar.F32);

    /// <summary>An extent times a scale, rounded down.</summary>
    public static Expr Scaled(Expr extent, Expr scale) => Fraction(scale) is var (p, q) ? Linear.Simplify(extent * p / q) : Linear.Simplify(Expr.Floor(extent.As(Scalar.F32) * scale.As(Scalar.F32)).As(Scalar.I64));

    /// <summary>A scale that is a whole number or one over a whole number, as a fraction.</summary>
    private static (long, long)? Fraction(Expr scale) => scale is not Number { Real: > 0 and var s } ? null
        : s == Math.Floor(s) && s < 1 << 20 ? ((long)s, 1) : 1 / s == Math.Floor(1 / s) && 1 / s < 1 << 20 ? (1, (long)(1 / s)) : null;

    /// <summary>The place in the operand, in f32; it may lie outside.</summary>
    public Expr Place(Expr at)
    {
        var (i, from, to) = (at.As(Scalar.F32), From.As(Scalar.F32), IsExact ? To.As(Scalar.F32) : From.As(Scalar.F32) * Scale);
        return Where switch
        {
            "asymmetric" => i / Scale,
            "align_corners" => Expr.Select(Expr.Same(to, 1), 0, i * (from - 1.0) / Expr.Select(Expr.Same(to, 1), 1, to - 1.0)),
            "pytorch_half_pixel" => Expr.Select(Expr.Same(to, 1), -0.5, HalfPixel()),
            "half_pixel_symmetric" => from * 0.5 * (1.0 - To.As(Scalar.F32) / to) + HalfPixel(),
            "tf_crop_and_resize" => Expr.Select(Linear.Decided(To > 1),
                Roi!.Value.Begin.As(Scalar.F32) * (from - 1.0) + i * (Roi.Value.End - Roi.Value.Begin).As(Scalar.F32) * (from - 1.0) / Expr.Max(To - 1, 1).As(Scalar.F32),
                (Roi.Value.Begin + Roi.Value.End).As(Scalar.F32) * 0.5 * (from - 1.0)),
            _ => HalfPixel(),
        };
        Expr HalfPixel() => (i + 0.5) / Scale - 0.5;
    }

    /// <summary>The element nearest to the place: in whole numbers where the scale is a fraction, so that no rounding of reals picks a neighbour.</summary>
    public Expr Nearest(Expr at, string mode)
    {
        var nearest = Rational() is var (a, b, c) ? mode switch
        {
            "floor" => (at * a + b) / c,
            "ceil" => (at * a + b + c - 1) / c,
            "round_prefer_ceil" => (at * (a * 2) + b * 2 + c) / (c * 2),
            _ => (at * (a * 2) + b * 2 + c - 1) / (c * 2),
        } : (mode switch
        {
            "floor" => Expr.Floor(Place(at)),
            "ceil" => Call.Of(Function.Ceil, Place(at)),
            "round_prefer_ceil" => Expr.Floor(Place(at) + 0.5),
            _ => Call.Of(Function.Ceil, Place(at) - 0.5),
        }).As(Scalar.I64);
        return Linear.Simplify(Expr.Clamp(Linear.Simplify(nearest), 0, From - 1));
    }

    /// <summary>The place as (a·i + b) / c in whole numbers; null where the scale is no fraction or the place needs more.</summary>
    private (Expr A, Expr B, Expr C)? Rational()
    {
        if (Where == "align_corners") return (IsExact || From is Number && To is Number && Fraction(Scale) is not null) && Linear.Decided(To > 1) is Number { Integer: 1 } ? (From - 1, 0, To - 1) : null;
        if (Where == "tf_crop_and_resize" || Where == "half_pixel_symmetric" && !IsExact || Where == "pytorch_half_pixel" && Linear.Decided(To > 1) is not Number { Integer: 1 }) return null;
        (Expr P, Expr Q) scale;
        if (IsExact) scale = (To, From);
        else if (Fraction(Scale) is var (p, q)) scale = (p, q);
        else return null;
        return Where == "asymmetric" ? (scale.Q, 0, scale.P) : (scale.Q * 2, scale.Q - scale.P, scale.P * 2);
    }

    /// <summary>The number, or the one for places outside.</summary>
    public Expr Held(Expr number, Seq<Expr> at)
    {
        if (Roi is null) return number;
        var place = Place(at[Axis]);
        return Expr.Select(place >= 0 & place <= (From - 1).As(Scalar.F32), number, Beyond);
    }
}
