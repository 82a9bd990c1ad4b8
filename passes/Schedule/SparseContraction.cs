using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The template for products with weights in blocks of which only some are kept. Lanes run along rows: A is laid out so that a step of the sum is a run of rows, a block
/// that is kept is a few such runs times numbers that all lanes share, and what is not kept is not there. Sums of sixteen outputs wait in scratch, are turned round where
/// the result lies along outputs, and leave through the rest of the formula.
/// </summary>
/// <remarks>Elsen and others, Fast Sparse ConvNets (2020): pixels in lanes, weights in blocks of outputs.</remarks>
public sealed class SparseContraction
{
    /// <summary>Rows and columns that are turned round together.</summary>
    private const long Turn = 4;

    /// <summary>Most vectors of rows in a tile: more read further than the first cache holds.</summary>
    private const long MostVectors = 8;

    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly SparseSide b;
    private readonly Flattened rows, columns, depth;
    private readonly long lanes, vectors, lastVectors, part, panel;
    private readonly Expr blocks;
    private readonly bool shared, packsFirst, liesAlongRows;
    private readonly Ir.Buffer aPack, sums, turned, taken;

    private SparseContraction(Contraction contraction, Machine machine, SparseSide b, Seq<Axis> order)
    {
        (this.contraction, this.machine, this.b) = (contraction, machine, b);
        (rows, columns, depth) = (new(contraction.M), new(contraction.N), new(order));
        lanes = Math.Min(machine.Lanes, Tile.Panel);
        part = b.Outputs > (machine.VectorRegisters == 32 ? 8 : 4) && b.Outputs % 4 == 0 ? b.Outputs % 8 == 0 && machine.VectorRegisters == 32 ? 8 : 4 : b.Outputs;
        var most = Math.Clamp((machine.VectorRegisters - 2) / (part + 1), 1, MostVectors);
        var all = Up(rows.Static, lanes);
        (vectors, lastVectors) = rows.Static == 0 ? (Math.Min(most, 4), 0) : Up(all, Up(all, most)) is var each && all % each is var last && last == 0 ? (each, each) : (Up(all, Up(all, most)), all % Up(all, Up(all, most)));
        blocks = rows.Static == 0 ? Linear.Simplify((rows.Extent + (Block - 1)) / Block) : Up(all, vectors);
        panel = Tile.Panel % b.Outputs == 0 ? Tile.Panel : b.Outputs;
        shared = Cycles / 3000 > 6;
        // Few blocks of rows: threads share the columns too, and rows are laid out once for all of them.
        packsFirst = blocks is Number { Integer: var count } && count < machine.Tasks && shared;
        liesAlongRows = LiesAlong(contraction.Output.Buffer.Flat(contraction.Output.At));
        var name = contraction.Output.Buffer.Name;
        Seq<Expr> packed = [depth.Static, Block];
        aPack = new($"{name}.rows", Scalar.F32, packsFirst ? [blocks, .. packed] : packed, Space.Arena);
        sums = new($"{name}.sums", Scalar.F32, [panel, Block], Space.Arena);
        turned = new($"{name}.turned", Scalar.F32, [Turn, panel], Space.Arena);
        taken = new($"{name}.taken", Scalar.F32, [Turn, Chunk], Space.Arena);
    }

    /// <summary>The template for a contraction; null where its weights are not in blocks, and on machines whose vectors hold fewer rows than are turned round together.</summary>
    public static SparseContraction? Find(Contraction contraction, Machine machine, bool constantB)
    {
        if (!constantB || machine.Lanes < Turn || !contraction.A.Parts().OfType<Load>().Any(l => contraction.K.Any(l.Mentions))) return null;
        var order = contraction.NearLast();
        return SparseSide.Find(contraction, order) is { } side ? new(contraction, machine, side, order) : null;
    }

    public string Describe() => FormattableString.Invariant($"sparse {b.Outputs}x{b.Inputs} of {vectors * lanes} rows, {b.Count} blocks{(b.IsPlain ? "" : " decoding")}{(liesAlongRows ? "" : " turned")}");

    /// <summary>Multiply-adds of vectors that this is expected to take as long as.</summary>
    public double Steps => Math.Max(Cycles * 2, machine.MemorySteps(b.Bytes));

    /// <summary>The same, arithmetic and memory apart.</summary>
    public Pace Pace => new(Cycles * 2, b.Bytes);

    /// <summary>Cycles at two multiply-adds of vectors each, as <see cref="Shares.Pays"/> counts them.</summary>
    private double Cycles
    {
        get
        {
            const double laidOut = 0.35, stored = 0.6; // cycles of a number
            var count = rows.Static == 0 ? 1 << 10 : Up(rows.Static, lanes) * lanes;
            var products = (double)b.Count * b.Inputs * (b.Outputs * 1.15 + Up(b.Outputs, part)) * count / lanes / 2;
            return products + count * (laidOut * depth.Static + stored * columns.Static);
        }
    }

    /// <summary>Rows of a tile.</summary>
    private long Block => vectors * lanes;

    /// <summary>Steps along A that are laid out at once.</summary>
    private long Chunk
    {
        get
        {
            const long most = 256;
            var near = depth.Axes[^1].Extent.Whole;
            var count = Enumerable.Range(1, (int)near).Select(n => (long)n).First(n => near % n == 0 && near / n <= most);
            return near / count;
        }
    }

    /// <summary>The kernels that run once, in the compiler.</summary>
    public IEnumerable<Kernel> PackB() => b.Pack();

    public Kernel Compute()
    {
        Stmt body;
        if (packsFirst)
        {
            var chunks = Math.Clamp(machine.Tasks / blocks.Whole, 1, Math.Max(1, Panels / 2));
            body = new Scratch(aPack, Do(
                machine.Shared("m", blocks, block => Pack(block)),
                machine.Shared("n", Linear.Simplify(blocks * chunks), p => Columns(Linear.Simplify(p % blocks), p / blocks, chunks))));
        }
        else body = machine.Shared(shared, "m", blocks, block => new Scratch(aPack, Do(Pack(block), Columns(block, 0, 1))));
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], body);
    }

    private long Panels => Up(columns.Static, panel);

    private Seq<Expr> Packed(Expr block, Expr step, Expr row) => packsFirst ? [block, step, row] : [step, row];

    /// <summary>What is done for a block of rows: one for whole blocks, one for the last where it is shorter or its rows may end early.</summary>
    private Stmt Whole(Expr block, Func<long, bool, Stmt> body)
    {
        var ragged = rows.Static == 0 || rows.Static % Block != 0;
        if (!ragged) return body(vectors, false);
        if (blocks is Number { Integer: 1 }) return body(lastVectors, rows.Static % lanes != 0);
        if (rows.Static == 0)
        {
            var fits = Linear.Simplify(block * Block + Block) <= rows.Extent;
            return Do(When(fits, body(vectors, false)), When(Expr.Not(fits), body(vectors, true)));
        }
        return Do(When(block < blocks - 1, body(vectors, false)), When(Expr.Same(block, blocks - 1), body(lastVectors, rows.Static % lanes != 0)));
    }

    /// <summary>Lays out a block of A: for each step of the sum a run of rows. Rows beyond the last repeat it.</summary>
    private Stmt Pack(Expr block) => new Scratch(taken, Whole(block, (count, ragged) =>
    {
        Expr Row(Expr r) => Linear.Simplify(block * Block + r) is var row && ragged ? Expr.Min(row, rows.Extent - 1) : Linear.Simplify(block * Block + r);
        if (LiesAlong(contraction.A is Load { Outside: null } load ? load.Buffer.Flat(load.At) : 0) && !ragged)
            return For("k", depth.Static, k => For("v", count, v => Vector("j", lanes, j => aPack.Set(Packed(block, k, Linear.Simplify(v * lanes + j)), contraction.A.Placed([.. rows.At(Row(Linear.Simplify(v * lanes + j))), .. depth.At(k)])))));
        var (near, outer) = (depth.Axes[^1], new Flattened([.. depth.Axes.SkipLast(1)]));
        var (chunks, wide) = (near.Extent.Whole / Chunk, lanes);
        while (Chunk % wide != 0) wide /= 2;
        var square = Chunk % Turn == 0 ? Turn : 1;
        return For("r", count * lanes / Turn, r => For("o", outer.Extent, o => For("c", chunks, c => Do(
            Over(LoopKind.For, "q", Turn, q =>
            {
                (Axis, Expr)[] at = [.. rows.At(Row(Linear.Simplify(r * Turn + q))), .. outer.At(o)];
                Stmt Copy(bool inside) => For("k", Chunk / wide, k => Over(LoopKind.Vector, "j", wide, j =>
                {
                    var a = contraction.A.Placed([.. at, (near, Linear.Simplify(c * Chunk + k * wide + j))]);
                    return taken.Set([q, Linear.Simplify(k * wide + j)], inside ? a.Replace(part => part is Load l ? l.Inside() : null) : a);
                }));
                var inside = Interior.Of(contraction.A.Placed(at), (near, near.Extent.Whole));
                return Do(When(inside, Copy(true)), When(Expr.Not(inside), Copy(false)));
            }),
            For("k", Chunk / square, k => Over(LoopKind.Vector, "t", square, t => Vector("j", Turn, j => aPack.Set(
                Packed(block, Linear.Simplify((o * chunks + c) * Chunk + k * square + t), Linear.Simplify(r * Turn + j)), taken[[j, Linear.Simplify(k * square + t)]]))))))));
    }));

    /// <summary>The outputs of a part, in panels.</summary>
    private Stmt Columns(Expr block, Expr chunk, long chunks)
    {
        var each = Up(Panels, chunks);
        Stmt all = new Scratch(sums, Whole(block, (count, ragged) => For("n", each, n =>
        {
            var index = Linear.Simplify(chunk * each + n);
            return When(each * chunks == Panels ? true : index < Panels, Do(
                For("b", panel / b.Outputs, row => When(columns.Static % panel == 0 ? true : Linear.Simplify(index * (panel / b.Outputs) + row) < b.BlockRows, BlockRow(block, Linear.Simplify(index * (panel / b.Outputs) + row), row, count))),
                liesAlongRows ? AlongRows(block, index, count, ragged) : Turned(block, index, count, ragged)));
        })));
        return liesAlongRows ? all : new Scratch(turned, all);
    }

    /// <summary>The sums of one row of blocks, a part of its outputs at a time.</summary>
    private Stmt BlockRow(Expr block, Expr row, Expr place, long count) => Do(Enumerable.Range(0, (int)(b.Outputs / part)).Select(first =>
    {
        var acc = new Ir.Buffer("acc", Scalar.F32, [part, count, lanes], Space.Registers);
        var weights = new Ir.Buffer("weights", Scalar.F32, [part, b.Inputs], Space.Registers);
        Stmt Each(Func<Expr, Expr, Expr, Stmt> body) => Unroll("r", part, r => Unroll("v", count, v => Vector("j", lanes, j => body(r, v, j))));
        Expr Lane(Expr r, Expr t) => Linear.Simplify((first * part + r) * b.Inputs + t);
        var begin = b.Begin(row);
        return new Scratch(acc, Do(
            Each((r, v, j) => acc.Set([r, v, j], 0.0)),
            For("e", b.Begin(Linear.Simplify(row + 1)) - begin, e =>
            {
                var entry = begin + e;
                var from = b.Place(entry);
                Stmt Products(Func<Expr, Expr, Expr> weight) => Unroll("t", b.Inputs, t => Each((r, v, j) =>
                    acc.Set([r, v, j], machine.MultiplyAdd(aPack[Packed(block, from + t * b.InputStride, v * lanes + j)], weight(r, t), acc[[r, v, j]]))));
                if (b.IsPlain) return Products((r, t) => b.At(row, entry, Lane(r, t)));
                return new Scratch(weights, Do(
                    Over(LoopKind.Unroll, "r", part, r => Over(LoopKind.Unroll, "t", b.Inputs, t => weights.Set([r, t], b.At(row, entry, Lane(r, t))))),
                    Products((r, t) => weights[[r, t]])));
            }),
            Each((r, v, j) => sums.Set([Linear.Simplify(place * b.Outputs + first * part + r), Linear.Simplify(v * lanes + j)], acc[[r, v, j]]))));
    }));

    /// <summary>Stores sums where the result lies along rows.</summary>
    private Stmt AlongRows(Expr block, Expr index, long count, bool ragged) => For("o", panel, o => When(columns.Static % panel == 0 ? true : Linear.Simplify(index * panel + o) < columns.Extent, For("v", count, v => Vector("j", lanes, j =>
    {
        var row = Linear.Simplify(block * Block + v * lanes + j);
        return When(ragged ? row < rows.Extent : true, Store(row, Linear.Simplify(index * panel + o), sums[[o, Linear.Simplify(v * lanes + j)]]));
    }))));

    /// <summary>Stores sums where the result lies along outputs: a few rows are turned round, then each leaves as a whole.</summary>
    private Stmt Turned(Expr block, Expr index, long count, bool ragged)
    {
        var (square, wide) = (panel % Turn == 0 ? Turn : 1, lanes);
        while (panel % wide != 0) wide /= 2;
        return For("r", count * lanes / Turn, r => Do(
            For("c", panel / square, c => Vector("q", Turn, q => Over(LoopKind.Vector, "t", square, t => turned.Set([q, Linear.Simplify(c * square + t)], sums[[Linear.Simplify(c * square + t), Linear.Simplify(r * Turn + q)]])))),
            Unroll("q", Turn, q =>
            {
                var row = Linear.Simplify(block * Block + r * Turn + q);
                Stmt Leave(bool narrow) => For("c", panel / wide, c => Over(LoopKind.Vector, "j", wide, j =>
                {
                    var column = Linear.Simplify(index * panel + c * wide + j);
                    return When(narrow ? column < columns.Extent : true, Store(row, column, turned[[q, Linear.Simplify(c * wide + j)]]));
                }));
                var full = columns.Static % panel == 0 ? Leave(false) : Do(When(index < Panels - 1, Leave(false)), When(Expr.Same(index, Panels - 1), Leave(true)));
                return When(ragged ? row < rows.Extent : true, full);
            })));
    }

    private Stmt Store(Expr row, Expr column, Expr sum)
    {
        (Axis, Expr)[] at = [.. rows.At(row), .. columns.At(column)];
        return contraction.Output.Buffer.Set(contraction.Output.At.Placed(at), contraction.Epilogue(sum).Placed(at));
    }

    /// <summary>Whether neighbouring rows are neighbours in memory.</summary>
    private bool LiesAlong(Expr flat)
    {
        var row = new Axis("r", rows.Extent);
        var place = Linear.Of(flat.Substitute(rows.At(row)));
        return place[row] == 1 && place.Terms.Keys.All(atom => atom == (Expr)row || !atom.Mentions(row));
    }
}
