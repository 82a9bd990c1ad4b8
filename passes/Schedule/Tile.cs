using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>The sizes of a blocked contraction.</summary>
/// <param name="Rows">Rows of the register tile.</param>
/// <param name="Vectors">Vectors in one row of the register tile.</param>
/// <param name="Lanes">Numbers in a vector.</param>
/// <param name="Depth">Most steps of the sum in one block.</param>
/// <param name="RowBlock">Rows of A in one block, so that it stays in the second cache.</param>
/// <param name="Unroll">Steps of the sum written out.</param>
public sealed record Tile(long Rows, long Vectors, long Lanes, long Depth, long RowBlock, long Unroll)
{
    /// <summary>Columns of a packed panel: one width for every CPU level, so that several levels can share a copy of the weights.</summary>
    public const long Panel = 16;

    /// <summary>Most steps of a sum that are written out, whoever asks.</summary>
    private const long MostUnrolled = 16;

    public long Columns => Vectors * Lanes;

    /// <summary>What the rows were weighed against, in words; empty where there was nothing to choose.</summary>
    public string Weighed { get; init; } = "";

    /// <summary>Picks the sizes for a shape: rows and columns that waste least, blocks that stay in the caches.</summary>
    /// <param name="rows">Rows of the product; 0 where not known when compiling, as of columns and depth.</param>
    /// <param name="spare">Registers that steps take beyond those of multiply-adds, which read one factor from memory.</param>
    public static Tile For(Machine machine, long rows, long columns, long depth, int spare = 0)
    {
        var lanes = Math.Min(machine.Lanes, Panel);
        var sums = (machine.VectorRegisters == 32 ? 28 : 12) - spare;
        var panels = Up(columns, Panel);
        // Few rows: memory is the limit, so many columns at once keep many streams and sums in flight.
        var most = machine.VectorRegisters == 32 ? 2 * Panel / lanes : Panel / lanes;
        var vectors = rows is > 0 and <= 4 ? Math.Min(sums / rows / (Panel / lanes), 4) * (Panel / lanes) : most;
        vectors = Math.Max(1, columns == 0 ? vectors : Math.Min(vectors, panels * (Panel / lanes)));
        var limit = Math.Min(14, sums / vectors);
        // The fewest padded rows; of equals the taller tile, which reads B less often.
        var heights = rows == 0 ? [limit] : Enumerable.Range(1, (int)limit).Select(r => (long)r).Where(r => r >= Math.Min(rows, Math.Max(1, limit * 2 / 3)))
            .OrderBy(r => (Up(rows, r) * Cost(r, vectors), -r)).ToList();
        var best = heights[0];
        // Both numbers for explain: a tile's steps of one step of the sum, padded rows included.
        var weighed = heights.Count < 2 ? "" : FormattableString.Invariant($"{best} rows take {Up(rows, best) * Cost(best, vectors):0.#} steps for each of the sum, {heights[1]} rows {Up(rows, heights[1]) * Cost(heights[1], vectors):0.#}");
        var deepest = machine.Level2 >= 1 << 20 ? 1024 : 480;
        var steps = depth == 0 ? 480 : Up(depth, Up(depth, deepest));
        var unroll = 0L;
        if (machine.Chosen is { } chosen)
        {
            if (chosen.Vectors > 0) vectors = columns == 0 ? chosen.Vectors : Math.Min(chosen.Vectors, panels * (Panel / lanes));
            if (chosen.Rows > 0) (best, weighed) = (rows == 0 ? chosen.Rows : Math.Min(chosen.Rows, rows), "");
            best = Math.Max(1, Math.Min(best, sums / vectors));
            if (chosen.Depth > 0) steps = depth == 0 ? chosen.Depth : Up(depth, Up(depth, chosen.Depth));
            unroll = Math.Min(chosen.Unroll, MostUnrolled);
        }
        var block = Math.Max(best, Math.Min(machine.Level2 / 2 / (steps * 4), machine.BlockRows) / best * best);
        return new(best, vectors, lanes, steps, block, unroll > 0 ? unroll : best * vectors >= 24 ? 2 : 4) { Weighed = weighed };
        // A step of a tile takes its multiply-adds, but never less than its loads.
        static double Cost(long r, long v) => Math.Max(r * v, (r + v) * 0.9) + 1.5 / r;
    }
}
