using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The one template for matrix products, convolutions and attention products: B in panels of sixteen columns, A read where it lies or gathered
/// into rows, a tile of sums in registers, the rest of the formula applied as sums leave them. Sums of a K-blocked product wait in scratch.
/// </summary>
/// <remarks>Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008), with rows of A unpacked where they are plain reads.</remarks>
public sealed class BlockedContraction
{
    private readonly Contraction contraction;
    private readonly Machine machine;
    private readonly Tile tile;
    private readonly Flattened rows, columns;
    private readonly DepthBlocks depth;
    private readonly bool constantB, packsA, packsB, shared, inside;
    private readonly long tilesPerBlock, rest, chunks;
    private readonly Expr tiles, blocks;
    private readonly Buffer aPack, partial;
    private readonly Panels b;

    public BlockedContraction(Contraction contraction, Machine machine, bool constantB)
    {
        (this.contraction, this.machine, this.constantB) = (contraction, machine, constantB);
        (rows, columns) = (new(contraction.M), new(contraction.N));
        var order = Ordered();
        tile = Tile.For(machine, rows.Static, columns.Static, new Flattened(order).Static);
        depth = new(order, tile.Depth, constantB ? Panels.Unit(contraction) : 1);
        b = new(contraction, columns, depth, constantB);
        packsA = !ReadsPlainly();
        // What is used for one tile of rows only is not worth laying out.
        packsB = constantB || rows.Static == 0 || rows.Static > tile.Rows || !ReadsColumns();
        shared = machine.Pays(contraction);
        tiles = Linear.Simplify(rows.Extent / tile.Rows);
        rest = rows.Static % tile.Rows;
        var whole = rows.Static / tile.Rows;
        // Enough parts for the threads, where each still has a few tiles.
        var parts = rows.Static == 0 ? 0 : Math.Max(1, Up(whole, Math.Max(1, tile.RowBlock / tile.Rows))) is var least && !shared ? least : Shares.Parts(whole, least, Math.Max(least, Math.Min(machine.Tasks / 2, whole / 4)));
        inside = packsA && parts == 1 && columns.Static > 0 && contraction.Batch.Count == 0 && shared;
        tilesPerBlock = parts == 0 ? Math.Max(1, tile.RowBlock / tile.Rows / 2) : Math.Max(1, Up(whole, parts));
        blocks = rows.Static == 0 ? Linear.Simplify(Expr.Max((tiles + (tilesPerBlock - 1)) / tilesPerBlock, 1)) : Math.Max(1, Up(rows.Static / tile.Rows, tilesPerBlock));
        chunks = Chunks();
        var name = contraction.Output.Buffer.Name;
        aPack = new($"{name}.rows", Scalar.F32, [tilesPerBlock * tile.Rows + tile.Rows, depth.Steps + 16], Space.Arena);
        partial = new($"{name}.partial", Scalar.F32, [tilesPerBlock * tile.Rows + tile.Rows, Linear.Simplify(b.Count * Tile.Panel)], Space.Arena);
    }

    /// <summary>Whether the template can say this contraction: sums of f32. What is packed by the compiler has columns and depth that it knows; of several summed axes it knows all.</summary>
    public static bool Fits(Contraction contraction, bool constantB) =>
        contraction.Sum.Type == Scalar.F32 && contraction.N.Count > 0 && contraction.A.Parts().OfType<Load>().Any(l => contraction.K.Any(l.Mentions))
        && contraction.N.Concat(contraction.K).All(a => a.Extent is not Number { Integer: 0 })
        && (contraction.K.Count == 1 || new Flattened(contraction.K).Static > 0)
        && (!constantB || new Flattened(contraction.N).Static > 0 && new Flattened(contraction.K).Static > 0 && contraction.Batch.All(a => a.Extent is Number));

    /// <summary>Multiply-adds of vectors that this is expected to take as long as.</summary>
    public double Steps
    {
        get
        {
            const double efficiency = 0.85;
            var (steps, padded) = ((double)Sizes.Guess(depth.Count) * depth.Steps, (double)Sizes.Guess(b.Count) * Tile.Panel);
            return Math.Max(Sizes.Guess(rows.Extent) * steps * padded / tile.Lanes / efficiency, machine.MemorySteps(constantB ? b.Bytes : 4 * steps * padded));
        }
    }

    public string Describe() => $"blocked {tile.Rows}x{tile.Columns} depth {(depth.Count is Number ? $"{depth.Count}x" : "")}{depth.Steps}{(packsA ? " gathered" : "")}{(packsB ? "" : " in place")}{(packsB && b.IsDecoding ? " decoding" : "")}";

    /// <summary>The kernels that run once, in the compiler, to lay B out in panels; none where B is computed when the model runs.</summary>
    public IEnumerable<Kernel> PackB() => constantB ? b.Pack() : [];

    public Kernel Compute()
    {
        // One block of packed rows: threads share the packing, then the columns. Else each part is a block and some of its columns, the
        // columns outside: who takes parts in a row reads B once.
        Stmt body = inside
            ? Block(0, (steps, each) => machine.Shared("n", steps, each))
            : machine.Shared(shared, "b", Linear.Simplify(blocks * chunks), p => chunks == 1 ? Block(p, (_, each) => each(0))
                : Block(Linear.Simplify(p % blocks), (_, each) => each(Linear.Simplify(p / blocks))));
        if (!constantB && packsB) body = new Scratch(b.Scratch, Do(b.Fill(shared), body));
        var batch = new Flattened(contraction.Batch);
        if (contraction.Batch.Count > 0) body = machine.Shared(shared, "b", batch.Extent, b => body.Map(e => e.Substitute(batch.At(b))));
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], body);

        Stmt Block(Expr block, Func<Expr, Func<Expr, Stmt>, Stmt> parts) => Wrap(!depth.IsOne, partial, For("kb", depth.Count, kb => Wrap(packsA, aPack, Do(
            packsA ? PackRows(block, kb) : Do(),
            parts(chunks, chunk => Columns(chunk, (panel, count, ragged) => Rows(block, (local, height) => RegisterTile(block, kb, panel, count, local, height, ragged))))))));

        static Stmt Wrap(bool needed, Buffer buffer, Stmt inside) => needed ? new Scratch(buffer, inside) : inside;
    }

    /// <summary>Parts of the columns that threads may take apart where there are too few blocks of rows: of at least two tiles. Rows that are packed are packed once, for all columns.</summary>
    private long Chunks()
    {
        var tilesWide = Math.Max(1, Up(columns.Static, Tile.Panel) * Tile.Panel / tile.Columns);
        if (inside) return Math.Min(machine.Tasks, tilesWide);
        if (packsA || columns.Static == 0 || contraction.Batch.Count > 0) return 1;
        var (parts, most) = (blocks is Number { Integer: var known } ? known : 1, Math.Max(1, tilesWide / 2));
        return parts >= machine.Tasks / 2 ? 1 : Math.Min(machine.Tasks / parts, most);
    }

    /// <summary>The panels in tiles: as many side by side as the tile is wide, then what is left, then the last panel alone where its columns end early.</summary>
    private Stmt Columns(Expr chunk, Func<Expr, long, bool, Stmt> body)
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
        if (at < Up(columns.Static, Tile.Panel)) steps.Add(When(chunks == 1 ? true : Expr.Same(chunk, chunks - 1), body(at, 1, true)));
        return Do(steps);
    }

    /// <summary>The rows of a block in tiles, then those left over: one short tile, or several where their number is not known.</summary>
    private Stmt Rows(Expr block, Func<Expr, long, Stmt> body) => Rows(block, false, body);

    /// <param name="block">Which.</param>
    /// <param name="share">Whether threads take the tiles apart.</param>
    /// <param name="body">Of a tile, given its first row in the block and its rows.</param>
    private Stmt Rows(Expr block, bool share, Func<Expr, long, Stmt> body)
    {
        var exact = tiles is Number { Integer: var known } && known % tilesPerBlock == 0 || blocks is Number { Integer: 1 } && tiles is Number;
        var count = blocks is Number { Integer: 1 } && tiles is Number all ? all.Integer : tilesPerBlock;
        var whole = count == 0 ? Do() : machine.Shared(share, "t", count, t => When(exact ? true : block * tilesPerBlock + t < tiles, body(t * tile.Rows, tile.Rows)));
        var last = Expr.Same(block, blocks - 1);
        var start = Linear.Simplify((tiles - block * tilesPerBlock) * tile.Rows);
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

    private Stmt RegisterTile(Expr block, Expr kb, Expr panel, long width, Expr local, long height, bool ragged)
    {
        var perPanel = Tile.Panel / tile.Lanes;
        var vectors = width * perPanel;
        var sums = new RegisterTile(machine, tile, height, vectors);
        Expr Column(Expr v, Expr j) => Linear.Simplify(panel * Tile.Panel + v * tile.Lanes + j);
        var one = depth.IsOne;
        var row = Linear.Simplify(block * (tilesPerBlock * tile.Rows) + local);
        Expr A(Expr r, Expr k) => packsA ? aPack[[local + r, k]] : contraction.A.Placed([.. rows.At(Linear.Simplify(row + r)), .. depth.At(kb, k)]);
        Expr B(Expr panel, Expr k, Expr v, Expr j) => packsB ? b.At(kb, Linear.Simplify(panel + v / perPanel), k, Linear.Simplify(v % perPanel * tile.Lanes + j))
            : contraction.B.Placed([.. columns.At(Column(v, j)), .. depth.At(kb, k)]);
        // Weights beyond the cache come in time if they are asked for one group of panels early.
        var next = !constantB || tilesPerBlock < 2 || b.Bytes < machine.Level2 / 2 ? null
            : new RegisterTile.Next(Linear.Simplify(local / tile.Rows), tilesPerBlock, (k, v, j) => b.Ahead(kb, Linear.Simplify(panel + width + v / perPanel), k, Linear.Simplify(v % perPanel * tile.Lanes + j)));
        return sums.Around(
            When(one ? true : Expr.Same(kb, 0), sums.Set((_, _, _) => 0.0)),
            one ? Do() : When(0 < kb, sums.Set((r, v, j) => partial[[local + r, Column(v, j)]])),
            sums.Add(depth.StepsOf(kb), A, (k, v, j) => B(panel, k, v, j), next),
            one ? Do() : When(kb < depth.Count - 1, sums.Each((r, v, j) => partial.Set([local + r, Column(v, j)], sums[r, v, j]))),
            When(one ? true : Expr.Same(kb, depth.Count - 1), sums.Each((r, v, j) => When(ragged ? Column(v, j) < columns.Extent : true, StoreAt(Linear.Simplify(row + r), Column(v, j), sums[r, v, j])))));
    }

    private Stmt StoreAt(Expr row, Expr column, Expr sum)
    {
        var output = contraction.Output;
        (Axis, Expr)[] at = [.. rows.At(row), .. columns.At(column)];
        return output.Buffer.Set(output.At.Placed(at), contraction.Epilogue(sum).Placed(at));
    }

    /// <summary>Gathers a block of A into rows: padding, decoding and producers happen here, once. Rows that read nothing outside are copied without checks.</summary>
    private Stmt PackRows(Expr block, Expr kb) => Rows(block, inside, (local, height) => For("r", height, r =>
    {
        (Axis, Expr)[] row = [.. rows.At(Linear.Simplify(block * (tilesPerBlock * tile.Rows) + local + r))];
        Stmt Copy(bool inside) => depth.Loops(kb, tile.Lanes, inside, (position, at, exists) =>
        {
            var a = contraction.A.Placed([.. row, .. at]);
            return SetExisting(aPack, [Linear.Simplify(local + r), position], exists, inside ? a.Replace(part => part is Load load ? load.Inside() : null) : a);
        });
        var inside = depth.IsRagged || depth.Axes.Count == 0 ? false : Interior.Of(contraction.A.Placed(row),
            [.. depth.Axes.Select((axis, i) => (axis, i == depth.Axes.Count - 1 ? Math.Max(depth.Overrun, axis.Extent.Whole) : axis.Extent.Whole))]);
        return Do(When(inside, Copy(true)), When(Expr.Not(inside), Copy(false)));
    }));

    /// <summary>A is used where it lies if its rows and steps are evenly apart in memory.</summary>
    private bool ReadsPlainly()
    {
        if (contraction.A is not Load { Buffer.Scalar: Scalar.F32, Outside: null } load || depth.IsRagged) return false;
        var (row, step) = (new Axis("r", rows.Extent), new Axis("k", depth.Steps));
        var at = new Axis("kb", depth.Count);
        var place = Linear.Of(load.Buffer.Flat([.. load.At.Select(i => i.Substitute([.. rows.At(row), .. depth.At(at, step)]))]));
        return place.Terms.Keys.All(atom => atom is Axis || !atom.Mentions(row) && !atom.Mentions(step)) && (place[step] == 1 || rows.Static is > 0 and <= 4) && !machine.Collides(tile.Rows, place[row]);
    }

    /// <summary>B is used where it lies if its columns lie side by side in whole panels.</summary>
    private bool ReadsColumns() => columns.Static > 0 && columns.Static % Tile.Panel == 0 && !depth.IsRagged && contraction.B is Load { Buffer.Scalar: Scalar.F32, Outside: null } && b.Lies(contraction.B);

    /// <summary>The summed axes, the one that lies side by side in A last.</summary>
    private Seq<Axis> Ordered()
    {
        var load = contraction.A.Parts().OfType<Load>().First(l => contraction.K.Any(l.Mentions));
        var terms = Linear.Of(load.Buffer.Flat(load.At));
        var near = contraction.K.FirstOrDefault(axis => terms[axis] == 1) ?? contraction.K[^1];
        return [.. contraction.K.Where(axis => axis != near), near];
    }
}
