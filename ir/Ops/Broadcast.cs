namespace Lathe.Ir;

/// <summary>NumPy's rule for operands of unlike shapes: axes align at the right, an extent of 1 repeats.</summary>
public static class Broadcast
{
    /// <summary>The shape of the result. A symbolic extent that meets another is the same or 1: proved, or checked when the model runs.</summary>
    public static Shape Shapes(Operands x, params IEnumerable<int> operands)
    {
        Shape result = [];
        foreach (var operand in operands) result = Extents(x, result, x.Shape(operand));
        return result;
    }

    /// <summary>An operand's number at an index of the result; a literal where the operand is one known number.</summary>
    public static Expr Read(Operands x, int operand, Seq<Expr> at) => x.Known(operand) is [Number known] ? known : x[operand](Index(x.Shape(operand), at));

    /// <summary>The index into a tensor of this shape that an index of the result stands for.</summary>
    public static Seq<Expr> Index(Shape shape, Seq<Expr> at)
    {
        var skipped = at.Count - shape.Count;
        return [.. shape.Select((extent, axis) => extent switch
        {
            Number { Integer: 1 } => 0,
            // An extent that may be 1 is either 1 or that of the result.
            not Number when Linear.Range(extent).Low <= 1 && !Linear.ProvesLess(at[axis + skipped], extent) => Expr.Min(at[axis + skipped], extent - 1),
            _ => at[axis + skipped],
        })];
    }

    /// <summary>Checks that an operand repeats to a shape, which is the result's whatever the operand's is.</summary>
    public static void Onto(Operands x, int operand, Shape shape)
    {
        var own = x.Shape(operand);
        if (own.Count > shape.Count) throw new TypeException($"operand {operand} {x.Type(operand)} has more axes than {shape}");
        for (var i = 1; i <= own.Count; i++)
            if (own[^i] is not Number { Integer: 1 } && !Linear.ProvesEqual(own[^i], shape[^i]))
                x.Check(Expr.Same(own[^i], shape[^i]) | Expr.Same(own[^i], 1), $"operand {operand} {x.Type(operand)} does not broadcast to {shape}: {own[^i]} must be {shape[^i]} or 1");
    }

    /// <summary>The shape that two shapes broadcast to.</summary>
    public static Shape Extents(Operands x, Shape a, Shape b)
    {
        var all = new Expr[Math.Max(a.Count, b.Count)];
        for (var i = 1; i <= all.Length; i++)
        {
            var (left, right) = (i <= a.Count ? a[^i] : 1, i <= b.Count ? b[^i] : 1);
            all[^i] = left is Number { Integer: 1 } ? right : right is Number { Integer: 1 } || Linear.ProvesEqual(left, right) ? left
                : left is Number && right is Number ? throw new TypeException($"shapes {a} and {b} do not broadcast: {left} and {right}")
                : Either(x, left, right);
        }
        return new(all);
    }

    private static Expr Either(Operands x, Expr a, Expr b)
    {
        var (message, most) = ($"dimensions {a} and {b} must be equal, or one of them 1", Linear.Simplify(Expr.Max(a, b)));
        if (a is not Number && b is not Number && (most == a || most == b || Linear.Range(a).Low > 0 && Linear.Range(b).Low > 0))
        {
            // The larger of the two, but where 0 meets 1: extents of which one is known to be the larger are not meant so.
            x.Check(Expr.Same(a, b) | (Expr.Same(a, 1) & (0 < b)) | (Expr.Same(b, 1) & (0 < a)), message);
            return most;
        }
        x.Check(Expr.Same(a, b) | Expr.Same(a, 1) | Expr.Same(b, 1), message);
        return a is Number ? a : b is Number ? b : Linear.Simplify(Expr.Select(Expr.Same(a, 1), b, a));
    }
}
