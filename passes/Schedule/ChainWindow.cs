using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Which rows of an array a stage of a <see cref="RowChain"/> reads for one row of its own: from <c>stride·row + low</c> to <c>stride·row + high</c>.</summary>
/// <param name="Axis">Of the array: what counts rows.</param>
/// <param name="Outside">What is read where there is no such row; null where every row that is read exists.</param>
internal sealed record ChainWindow(int Axis, long Stride, long Low, long High, Number? Outside)
{
    /// <summary>Whether a row is made of more than the same row.</summary>
    public bool Slides => (Stride, Low, High) != (1, 0, 0);

    /// <summary>How a stage reads an array along one of its loops; null where rows are no window that slides along one axis.</summary>
    public static ChainWindow? Find(IReadOnlyList<Load> reads, Axis row)
    {
        var axes = reads.SelectMany(read => read.At.Index().Where(p => p.Item.Mentions(row)).Select(p => p.Index)).Distinct().ToList();
        if (axes is not [var axis] || !reads.All(read => read.At[axis].Mentions(row)) || reads[0].Buffer.Shape[axis] is not Number { Integer: var extent }) return null;
        var outside = reads.Select(read => read.Outside).OfType<Expr>().Distinct().ToList();
        if (outside.Count > 1 || outside.Exists(value => value is not Number)) return null;
        var (stride, low, high) = (Linear.Of(reads[0].At[axis])[row], long.MaxValue, long.MinValue);
        foreach (var read in reads)
        {
            var rest = Linear.Simplify(read.At[axis] - row * stride);
            if (rest.Mentions(row)) return null;
            var range = Linear.Range(rest);
            (low, high) = (Math.Min(low, range.Low), Math.Max(high, range.High));
        }
        return stride >= 1 && high - low < extent && Math.Abs(low) < extent ? new(axis, stride, low, high, (Number?)outside.FirstOrDefault()) : null;
    }
}
