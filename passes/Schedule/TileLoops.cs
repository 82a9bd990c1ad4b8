using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>The loops of a blocked product around its register tiles: blocks of rows that stay in the second cache, columns in panels, both cut into parts for threads.</summary>
internal sealed class TileLoops
{
    private readonly Machine machine;
    private readonly Flattened rows, columns;
    private readonly Tile tile;
    private readonly bool shared;
    private readonly long rest, chunks;
    private readonly Expr tiles, tilesEach;

    /// <param name="tile">The sizes.</param>
    /// <param name="shared">Whether threads are worth it.</param>
    /// <param name="packsRows">Whether a block of rows is packed, which is done once for all its columns.</param>
    /// <param name="isBatched">Whether there are products side by side: threads share those.</param>
    public TileLoops(Machine machine, Flattened rows, Flattened columns, Tile tile, bool shared, bool packsRows, bool isBatched)
    {
        (this.machine, this.rows, this.columns, this.tile, this.shared) = (machine, rows, columns, tile, shared);
        tiles = Linear.Simplify(rows.Extent / tile.Rows);
        rest = rows.Static % tile.Rows;
        var whole = rows.Static / tile.Rows;
        // Enough parts for the threads, where each still has a few tiles.
        var parts = rows.Static == 0 ? 0 : Math.Max(1, Up(whole, Math.Max(1, tile.RowBlock / tile.Rows))) is var least && !shared ? least : Shares.Parts(whole, least, Math.Max(least, Math.Min(machine.Tasks / 2, whole / 4)));
        IsInside = packsRows && parts == 1 && columns.Static > 0 && !isBatched && shared;
        TilesPerBlock = parts == 0 ? Math.Max(1, tile.RowBlock / tile.Rows / 2) : Math.Max(1, Up(whole, parts));
        // Of rows that only a run counts there are as many parts as some threads take, one image be it: fewer tiles in each.
        tilesEach = rows.Static == 0 && shared && !isBatched && (packsRows || TilesWide / 2 < Shares.FewestParts) ? Linear.Simplify(Expr.Min(Linear.Simplify(Expr.Max((tiles + (Shares.FewestParts - 1)) / Shares.FewestParts, 1)), TilesPerBlock)) : TilesPerBlock;
        Blocks = rows.Static == 0 ? Linear.Simplify(Expr.Max((tiles + (tilesEach - 1)) / tilesEach, 1)) : Math.Max(1, Up(whole, TilesPerBlock));
        chunks = Chunks(packsRows, isBatched);
    }

    /// <summary>Whether there is one block of packed rows, so that threads share its packing and then its columns.</summary>
    public bool IsInside { get; }

    /// <summary>Most tiles of rows in a block.</summary>
    public long TilesPerBlock { get; }

    public Expr Blocks { get; }

    /// <summary>Rows that scratch for one block must hold.</summary>
    public long BlockRows => TilesPerBlock * tile.Rows + tile.Rows;

    /// <summary>The first row of a block.</summary>
    public Expr FirstRow(Expr block) => Linear.Simplify(block * (tilesEach * tile.Rows));

    /// <summary>All blocks, shared among threads. One block of packed rows: threads share the packing, then the columns. Else each part is a block and some of its columns, the
    /// columns outside: who takes parts in a row reads B once.</summary>
    /// <param name="block">Of a block, given what runs the parts of its columns.</param>
    public Stmt All(Func<Expr, Func<Func<Expr, Stmt>, Stmt>, Stmt> block) => IsInside
        ? block(0, each => machine.Shared("n", chunks, each))
        : machine.Shared(shared, "b", Linear.Simplify(Blocks * chunks), p => chunks == 1 ? block(p, each => each(0)) : block(Linear.Simplify(p % Blocks), each => each(Linear.Simplify(p / Blocks))));

    private long TilesWide => Math.Max(1, Up(columns.Static, Tile.Panel) * Tile.Panel / tile.Columns);

    /// <summary>Parts of the columns that threads may take apart where there are too few blocks of rows: as many as there may be with two tiles each, or some more or less where those come out even.</summary>
    private long Chunks(bool packsRows, bool isBatched)
    {
        if (IsInside) return Math.Min(machine.Tasks, TilesWide);
        if (packsRows || columns.Static == 0 || isBatched) return 1;
        var (parts, most) = (Blocks is Number { Integer: var known } ? known : 1, Math.Max(1, TilesWide / 2));
        if (parts >= machine.Tasks / 2) return 1;
        var usual = Math.Min(machine.Tasks / parts, most);
        return shared && parts % 2 == 1 && usual > 1 && (usual % 2 == 1 || TilesWide % usual != 0) ? Shares.Parts(TilesWide, Math.Max(1, usual / 2), Math.Min(machine.Tasks / parts, TilesWide)) : usual;
    }

    /// <summary>The panels of a part in tiles: as many side by side as the tile is wide, then what is left, then the last panel where its columns end early, with the one before it if that would be alone.</summary>
    /// <param name="body">Given the first panel, how many there are, and whether it ends early.</param>
    public Stmt Columns(Expr chunk, Func<Expr, long, bool, Stmt> body)
    {
        var widest = Math.Max(1, tile.Columns / Tile.Panel);
        if (columns.Static == 0)
        {
            var (full, left) = (Linear.Simplify(columns.Extent / Tile.Panel), Linear.Simplify(columns.Extent % Tile.Panel));
            var wide = Linear.Simplify(full / widest);
            return Do(
                For("n", wide, n => body(Linear.Simplify(n * widest), widest, false)),
                widest == 1 ? Do() : For("n", Linear.Simplify(full % widest), n => body(Linear.Simplify(wide * widest + n), 1, false)),
                When(0 < left, body(full, 1, true)));
        }
        var (at, whole, steps) = (0L, columns.Static / Tile.Panel, new List<Stmt>());
        // A panel that would be alone goes with the last, which ends early: rows are read once for both.
        var joins = widest > 1 && whole % 2 == 1 && columns.Static % Tile.Panel > 0;
        if (joins) whole--;
        for (var width = widest; width >= 1; width /= 2)
        {
            var (from, count) = (at, (whole - at) / width);
            if (count == 0) continue;
            var each = Up(count, chunks);
            steps.Add(For("n", each, n =>
            {
                var index = Linear.Simplify(chunk * each + n);
                return When(chunks * each == count ? true : index < count, body(Linear.Simplify(index * width + from), width, false));
            }));
            at += count * width;
        }
        if (at < Up(columns.Static, Tile.Panel)) steps.Add(When(chunks == 1 ? true : Expr.Same(chunk, chunks - 1), body(at, joins ? 2 : 1, true)));
        return Do(steps);
    }

    /// <summary>The rows of a block in tiles, then those left over: one short tile, or several where their number is not known.</summary>
    /// <param name="block">Which.</param>
    /// <param name="body">Of a tile, given its first row in the block and its rows.</param>
    /// <param name="share">Whether threads take the tiles apart.</param>
    public Stmt Rows(Expr block, Func<Expr, long, Stmt> body, bool share = false)
    {
        var exact = tiles is Number { Integer: var known } && known % TilesPerBlock == 0 || Blocks is Number { Integer: 1 } && tiles is Number;
        var count = Blocks is Number { Integer: 1 } && tiles is Number all ? all : tilesEach;
        var whole = count is Number { Integer: 0 } ? Do() : machine.Shared(share, "t", count, t => When(exact ? true : block * tilesEach + t < tiles, body(t * tile.Rows, tile.Rows)));
        var last = Expr.Same(block, Blocks - 1);
        var start = Linear.Simplify((tiles - block * tilesEach) * tile.Rows);
        if (rows.Static == 0)
        {
            // As many as are left in tiles of 8, 4, 2 and 1 rows.
            var (left, steps) = (Linear.Simplify(rows.Extent % tile.Rows), new List<Stmt>());
            for (var height = 8L; height >= 1; height /= 2)
            {
                if (height >= tile.Rows) continue;
                var (size, pair) = (height, 2 * height);
                steps.Add(When(Expr.Same(left / size % 2, 1), body(Linear.Simplify(start + (pair >= tile.Rows ? 0 : left / pair * pair)), size)));
            }
            return Do(whole, When(last, Do(steps)));
        }
        return rest == 0 ? whole : Do(whole, When(last, body(start, rest)));
    }
}
