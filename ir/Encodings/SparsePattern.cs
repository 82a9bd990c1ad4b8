namespace Lathe.Ir;

/// <summary>Which numbers of a weight are kept: blocks as the data decide, or a share of each group. What a subclass says is its index: which planes hold it, and where a number lies among those kept.</summary>
public abstract record SparsePattern
{
    /// <summary>The pattern that a text names: <c>4x1</c> is blocks of four outputs by one input, <c>2:4</c> two of every four along the input, <c>1x1</c> or <c>unstructured</c> any numbers.</summary>
    /// <exception cref="ArgumentException">It names none.</exception>
    public static SparsePattern Parse(string text)
    {
        if (text == "unstructured") return new BlockPattern(1, 1);
        if (Pair(text, 'x') is var (outputs, inputs)) return new BlockPattern(outputs, inputs);
        if (Pair(text, ':') is var (kept, of)) return new RatioPattern(kept, of);
        throw new ArgumentException($"{text} is no pattern; 4x1 is blocks of 4 outputs by 1 input, 2:4 two of every four inputs, unstructured any numbers");
    }

    /// <summary>The planes that say which numbers are kept.</summary>
    internal abstract Seq<Plane> Index(SparseShape shape);

    /// <summary>Extents of the planes with what is stored for each number that is kept.</summary>
    internal abstract Shape Kept(SparseShape shape);

    /// <summary>The number at a place: that of the list of those kept, or 0.</summary>
    /// <param name="kept">Reads the number at an index of the list.</param>
    /// <param name="inside">Whether every index is inside; else reads must give something for any.</param>
    internal abstract Expr Number(Storage storage, SparseShape shape, Seq<Expr> at, bool inside, Func<Seq<Expr>, Expr> kept);

    /// <summary>The places that are kept of given numbers, those of largest magnitude, in the order of the list; -1 for a place of the list that stands for nothing. Then the bytes of the index.</summary>
    internal abstract (int[] Places, Seq<Bytes> Index) Choose(ReadOnlySpan<float> numbers, SparseShape shape);

    private static (int, int)? Pair(string text, char between) => text.Split(between) is [var a, var b] && int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out var x) && int.TryParse(b, NumberStyles.None, CultureInfo.InvariantCulture, out var y) ? (x, y) : null;
}
