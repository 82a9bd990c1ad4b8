using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>Rows of a product in lanes: blocks of some vectors of them, the last shorter where they do not come out even.</summary>
internal sealed class LaneRows
{
    private readonly long lastVectors;

    /// <param name="lanes">Rows of a vector.</param>
    /// <param name="most">Most vectors of a block.</param>
    public LaneRows(Flattened rows, long lanes, long most)
    {
        (Rows, Lanes) = (rows, lanes);
        var all = Up(rows.Static, lanes);
        (Vectors, lastVectors) = rows.Static == 0 ? (Math.Min(most, 4), 0) : Up(all, Up(all, most)) is var each && all % each is var last && last == 0 ? (each, each) : (Up(all, Up(all, most)), all % Up(all, Up(all, most)));
        Blocks = rows.Static == 0 ? Linear.Simplify((rows.Extent + (Block - 1)) / Block) : Up(all, Vectors);
    }

    public Flattened Rows { get; }

    public long Lanes { get; }

    public long Vectors { get; }

    /// <summary>Rows of a block.</summary>
    public long Block => Vectors * Lanes;

    /// <summary>How many blocks there are.</summary>
    public Expr Blocks { get; }

    /// <summary>What is done for a block: one for whole blocks, one for the last where it is shorter or its rows may end early.</summary>
    /// <param name="body">Given the vectors, and whether the rows may end early.</param>
    public Stmt Whole(Expr block, Func<long, bool, Stmt> body)
    {
        var ragged = Rows.Static == 0 || Rows.Static % Block != 0;
        if (!ragged) return body(Vectors, false);
        if (Blocks is Number { Integer: 1 }) return body(lastVectors, Rows.Static % Lanes != 0);
        if (Rows.Static == 0)
        {
            var fits = Linear.Simplify(block * Block + Block) <= Rows.Extent;
            return Do(When(fits, body(Vectors, false)), When(Expr.Not(fits), body(Vectors, true)));
        }
        return Do(When(block < Blocks - 1, body(Vectors, false)), When(Expr.Same(block, Blocks - 1), body(lastVectors, Rows.Static % Lanes != 0)));
    }

    /// <summary>Whether neighbouring rows are neighbours in memory.</summary>
    public bool LiesAlong(Expr flat)
    {
        var row = new Axis("r", Rows.Extent);
        var place = Linear.Of(flat.Substitute(Rows.At(row)));
        return place[row] == 1 && place.Terms.Keys.All(atom => atom == (Expr)row || !atom.Mentions(row));
    }
}
