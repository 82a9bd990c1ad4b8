using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Which rows each stage of a <see cref="RowChain"/> makes while the last one makes some of its own.</summary>
/// <remarks>
/// Where windows slide, parts overlap: rows that two parts of the last stage need are made for both, as fused layers of convolutions are tiled (arXiv 1605.04603).
/// The rows of a stage always exist; what a window reads before the first or behind the last is stored around them.
/// </remarks>
/// <param name="Extents">Rows of each stage, all; known where windows slide.</param>
/// <param name="Between">Arrays, each from one stage to another; none where all stages run over the same rows.</param>
internal sealed record ChainRows(Seq<Expr> Extents, Seq<ChainRows.Passed> Between)
{
    /// <param name="From">The stage that makes it.</param>
    /// <param name="To">The only one that reads it.</param>
    internal sealed record Passed(ChainLink Link, int From, int To, ChainWindow Window);

    /// <summary>How an array between stages lies in the part: rows of it, at which the first that the window reads lies, and how many that do not exist can come before and behind.</summary>
    internal sealed record Room(long Rows, long First, long Before, long Behind, long Read);

    /// <summary>Whether a row is made of more than the same row anywhere.</summary>
    public bool Slides => Between.Any(passed => passed.Window.Slides);

    /// <summary>How many rows each stage makes for so many of the last.</summary>
    public Expr[] Counts(Expr last)
    {
        var counts = new Expr[Extents.Count];
        Array.Fill(counts, last);
        foreach (var passed in Between) counts[passed.From] = Math.Min(Extents[passed.From].Whole, Needed(passed, counts[passed.To].Whole));
        return counts;
    }

    /// <summary>The first row of each stage, where the last begins at one.</summary>
    public Expr[] Starts(Expr last, Expr[] counts)
    {
        var starts = new Expr[Extents.Count];
        Array.Fill(starts, last);
        foreach (var passed in Between)
        {
            var most = Extents[passed.From].Whole - counts[passed.From].Whole;
            starts[passed.From] = passed.Window.Slides ? most == 0 ? 0 : Expr.Max(0, Expr.Min(First(passed, starts[passed.To]), most)) : starts[passed.To];
        }
        return starts;
    }

    /// <summary>The first row that the window of a part reads; there may be none so early.</summary>
    public static Expr First(Passed passed, Expr start) => Linear.Simplify(start * passed.Window.Stride + passed.Window.Low);

    public Room RoomOf(Passed passed, Expr[] counts)
    {
        var (read, made, all) = (Needed(passed, counts[passed.To].Whole), counts[passed.From].Whole, Extents[passed.From].Whole);
        var lastFirst = passed.Window.Stride * (Extents[passed.To].Whole - counts[passed.To].Whole) + passed.Window.Low;
        // The part at an edge makes rows that it does not need: those of the next row on.
        var (early, late) = (Math.Max(0, lastFirst - (all - made)), Math.Max(0, -passed.Window.Low));
        return new(early + Math.Max(read, late + made), early, late, Math.Max(0, lastFirst + read - all), read);
    }

    private static long Needed(Passed passed, long rows) => passed.Window.Stride * (rows - 1) + passed.Window.High - passed.Window.Low + 1;
}
