namespace Lathe.Ir.Ops;

/// <summary>Index arithmetic that several operators share.</summary>
internal static class Indexing
{
    /// <summary>An index that the model computed, as a place in an axis: a negative one counts from the end, one beyond either end is the last place there.</summary>
    public static Expr Wrapped(Expr index, Expr extent)
    {
        index = index.As(Scalar.I64);
        if (Linear.Range(index).Low < 0) index = Expr.Select(index < 0, index + extent, index);
        return Linear.Simplify(Expr.Clamp(index, 0, extent - 1));
    }

    /// <summary>The place of an index in row-major order.</summary>
    public static Expr Flat(Seq<Expr> shape, Seq<Expr> at) => at.Zip(shape).Aggregate((Expr)0, (flat, axis) => flat * axis.Second + axis.First);

    /// <summary>The index at a place in row-major order.</summary>
    public static Seq<Expr> Split(Seq<Expr> shape, Expr flat)
    {
        var at = new Expr[shape.Count];
        Expr stride = 1;
        for (var axis = shape.Count - 1; axis >= 0; stride *= shape[axis--])
            at[axis] = Linear.Simplify(axis == 0 ? flat / stride : flat / stride % shape[axis]);
        return new(at);
    }

    /// <summary>The index under shape <paramref name="to"/> of the number that is at an index under shape <paramref name="from"/>, both in row-major order.</summary>
    /// <remarks>Runs of axes that hold equally many numbers are solved by themselves, so that what a reshape leaves alone stays an index of its own.</remarks>
    public static Seq<Expr> Reshaped(Seq<Expr> from, Seq<Expr> to, Seq<Expr> at)
    {
        var index = new List<Expr>();
        for (var (i, j) = (0, 0); j < to.Count;)
        {
            if (to[j] is Number { Integer: 1 }) { index.Add(0); j++; continue; }
            if (i < from.Count && from[i] is Number { Integer: 1 }) { i++; continue; }
            var (ends, others) = Run(from[i..], to[j..]);
            index.AddRange(Split(to.Slice(j, others), Flat(from.Slice(i, ends), at.Slice(i, ends))));
            (i, j) = (i + ends, j + others);
        }
        return [.. index];
    }

    /// <summary>The shortest runs at the beginning of two shapes that hold equally many numbers; all of both where none is proved to.</summary>
    private static (int, int) Run(Seq<Expr> a, Seq<Expr> b)
    {
        Expr left = 1;
        for (var i = 0; i < a.Count; i++)
        {
            left = Linear.Simplify(left * a[i]);
            Expr right = 1;
            for (var j = 0; j < b.Count; j++)
                if (Linear.ProvesEqual(left, right = Linear.Simplify(right * b[j]))) return (i + 1, j + 1);
        }
        return (a.Count, b.Count);
    }
}
