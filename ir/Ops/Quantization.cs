namespace Lathe.Ir.Ops;

/// <summary>Scales and zero points of quantized tensors, and rounding to a quantized number.</summary>
internal static class Quantization
{
    /// <summary>The scale or zero point of the number at an index: one for all, one for each place of an axis, or one for each block along it.</summary>
    public static Expr Read(Operands x, int operand, Seq<Expr> at, int axis, long block) => x.Type(operand) is { Size: Number { Integer: 1 } } ? x.Only(operand)
        : x.Shape(operand).Count == 1 ? x[operand](Broadcast.Index(x.Shape(operand), [at[axis]]))
        : x[operand](Broadcast.Index(x.Shape(operand), at.With(axis, Linear.Simplify(at[axis] / block))));

    /// <summary>Checks the shape of scales and zero points of operand 0.</summary>
    public static void Check(Operands x, int operand, int axis, long block)
    {
        if (!x.Has(operand) || x.Type(operand).Size is Number { Integer: 1 }) return;
        var (shape, found) = (x.Shape(0), x.Shape(operand));
        if (found.Count == 1 && block == 0) Broadcast.Onto(x, operand, [shape[axis]]);
        else if (found.Count == shape.Count && block > 0)
        {
            foreach (var (at, extent) in shape.With(axis, Linear.Simplify((shape[axis] + (block - 1)) / block)).Index())
                x.Equal(found[at], extent, $"blocks of {block} along axis {axis} of {x.Type(0)} in {x.Type(operand)}");
        }
        else throw new TypeException($"operand {operand} {x.Type(operand)} has neither one number, nor one for each place of axis {axis} of {x.Type(0)}, nor one for each block of {block}");
    }

    /// <summary>Checks the shape of scales and zero points of rows, columns or filters: one, one for each place of an axis, or as many axes as the quantized operand, all but one of them 1.</summary>
    /// <param name="of">The quantized operand.</param>
    /// <param name="axis">Below 0 where there is no such axis: then there is one number.</param>
    public static void CheckAlong(Operands x, int operand, int of, int axis)
    {
        if (!x.Has(operand) || x.Type(operand).Size is Number { Integer: 1 }) return;
        if (axis < 0) throw new TypeException($"operand {operand} {x.Type(operand)} must be one number for {x.Type(of)}");
        var shape = x.Shape(of);
        Broadcast.Onto(x, operand, x.Type(operand).Rank <= 1 ? [shape[axis]] : [.. shape[..^2].Concat(Enumerable.Range(shape.Count - 2, 2).Select(i => i == axis ? shape[axis] : 1))]);
    }

    /// <summary>Rounds to the nearest whole number, halves to even, adds the zero point and saturates.</summary>
    /// <param name="scaled">A number over its scale, in f32 or f64.</param>
    /// <param name="zero">The zero point; null for 0.</param>
    /// <param name="kind">The kind of the result.</param>
    public static Expr Round(Expr scaled, Expr? zero, Scalar kind)
    {
        var (rounded, (low, high)) = (Expr.Round(scaled), kind.Range);
        if (zero is not null) rounded += zero.As(scaled.Type);
        return Expr.Clamp(rounded, (double)low, (double)high).As(kind.Arithmetic);
    }

    /// <summary>A stored number less its zero point, exact in i32.</summary>
    public static Expr Shifted(Expr number, Expr? zero) => zero is null ? number.As(Scalar.I32) : number.As(Scalar.I32) - zero.As(Scalar.I32);
}
