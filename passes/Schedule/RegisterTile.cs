using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>The innermost loops of a contraction: a tile of sums in registers, one multiply-add for each of them at every step of the depth.</summary>
/// <param name="height">Rows, known.</param>
/// <param name="vectors">Vectors in a row.</param>
/// <param name="kind">Of the sums.</param>
internal sealed class RegisterTile(Tile tile, long height, long vectors, Scalar kind = Scalar.F32, string name = "acc")
{
    /// <summary>Vectors of sums that are under way at once: the cycles of a multiply-add. What twice as many would bring has not been measured.</summary>
    private const long UnderWay = 4;

    private readonly Buffer sums = new(name, kind, [height, vectors, tile.Lanes], Space.Registers);

    /// <summary>The weights that the loop over a row of tiles reads after this one: while all tiles run, each asks for a part of them.</summary>
    /// <param name="Number">Of this tile among those of the loop.</param>
    /// <param name="Tiles">How many there are.</param>
    /// <param name="At">The read at a step, for a vector of a row.</param>
    public sealed record Next(Expr Number, long Tiles, Func<Expr, Expr, Expr, Expr> At);

    public Expr this[Expr r, Expr v, Expr j] => sums[r, v, j];

    /// <summary>A statement for each vector of the tile, given row, vector and lane.</summary>
    public Stmt Each(Func<Expr, Expr, Expr, Stmt> body) => Unroll("r", height, r => Unroll("v", vectors, v => Vector("j", tile.Lanes, j => body(r, v, j))));

    public Stmt Set(Func<Expr, Expr, Expr, Expr> value) => Each((r, v, j) => sums.Set([r, v, j], value(r, v, j)));

    /// <summary>The tile while its sums live.</summary>
    public Stmt Around(params IEnumerable<Stmt> steps) => new Scratch(sums, Do(steps));

    /// <summary>A sum with the product of a step, given row, step, vector and lane, the sum so far, and a read to ask for early.</summary>
    public delegate Expr Adding(Expr r, Expr k, Expr v, Expr j, Expr sum, Expr? ahead);

    /// <summary>One multiply-add of f32 for each step.</summary>
    /// <param name="a">Given row and step.</param>
    /// <param name="b">Given step, vector and lane.</param>
    public static Adding Products(Machine machine, Func<Expr, Expr, Expr> a, Func<Expr, Expr, Expr, Expr> b) =>
        (r, k, v, j, sum, ahead) => machine.MultiplyAdd(a(r, k), ahead is null ? b(k, v, j) : Expr.Ahead(b(k, v, j), ahead), sum);

    /// <summary>Adds the products of some steps. A tile too small to keep the machine busy adds them up in several sums, which also round less.</summary>
    /// <param name="all">How many there are of the loops around too, as far as <paramref name="next"/> numbers them; null: so many.</param>
    public Stmt Add(Expr steps, Adding step, Next? next = null, Expr? all = null)
    {
        var (whole, left) = (Linear.Simplify(steps / tile.Unroll), Linear.Simplify(steps % tile.Unroll));
        // So many steps of each turn ask for what is next that together the tiles ask for all of it.
        var asking = next is not null && steps is Number known && whole is Number { Integer: > 0 and var turns } ? Math.Min(tile.Unroll, Placement.Up(known.Integer, next.Tiles * turns)) : 0;
        var chains = Chains(tile, height, vectors, whole);
        if (chains > 1) return Chained(chains, whole, left, step);
        Stmt Step(Expr k, Func<Expr, Expr, Expr>? later) => Set((r, v, j) => step(r, k, v, j, sums[r, v, j], later?.Invoke(v, j)));
        Func<Expr, Expr, Expr>? Later(Expr turn, long u) => u >= asking ? null
            : (v, j) => next!.At(Linear.Simplify(Expr.Min((next.Number * whole + turn) * asking + u, (all ?? steps) - 1)), v, j);
        return Do(
            whole is Number { Integer: 0 } ? Do() : For("k", whole, k => asking == 0
                ? Unroll("u", tile.Unroll, u => Step(Linear.Simplify(k * tile.Unroll + u), null))
                : Do(Enumerable.Range(0, (int)tile.Unroll).Select(u => Step(Linear.Simplify(k * tile.Unroll + u), Later(k, u))))),
            left is Number { Integer: 0 } ? Do() : Over(left is Number ? LoopKind.Unroll : LoopKind.For, "u", left, u => Step(Linear.Simplify(u + whole * tile.Unroll), null)));
    }

    /// <summary>In how many sums each of a tile is added up: tiles of other heights may add up in another order.</summary>
    /// <param name="turns">Steps by <see cref="Tile.Unroll"/>.</param>
    public static long Chains(Tile tile, long height, long vectors, Expr turns) => turns is Number { Integer: < 4 } ? 1 : Math.Clamp(UnderWay / (height * vectors), 1, tile.Unroll);

    /// <summary>The same with so many sums for each of the tile, the step's place in its turn saying which; they join at the end.</summary>
    private Stmt Chained(long chains, Expr whole, Expr left, Adding step)
    {
        var parts = new Buffer($"{name}.parts", kind, [chains, height, vectors, tile.Lanes], Space.Registers);
        Stmt Step(Expr k, Expr chain) => Each((r, v, j) => parts.Set([chain, r, v, j], step(r, k, v, j, parts[chain, r, v, j], null)));
        Expr Joined(long from, long to, Expr r, Expr v, Expr j) => to - from == 1 ? parts[from, r, v, j] : Joined(from, (from + to) / 2, r, v, j) + Joined((from + to) / 2, to, r, v, j);
        return new Scratch(parts, Do(
            Unroll("c", chains, c => Each((r, v, j) => parts.Set([c, r, v, j], 0))),
            For("k", whole, k => Unroll("u", tile.Unroll, u => Step(Linear.Simplify(k * tile.Unroll + u), Linear.Simplify(u % chains)))),
            left is Number { Integer: 0 } ? Do() : Over(left is Number ? LoopKind.Unroll : LoopKind.For, "u", left, u => Step(Linear.Simplify(u + whole * tile.Unroll), 0)),
            Set((r, v, j) => sums[r, v, j] + Joined(0, chains, r, v, j))));
    }
}
