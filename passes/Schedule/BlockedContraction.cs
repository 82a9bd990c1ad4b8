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
    private readonly bool constantB, packsA, packsB, shared;
    private readonly TileLoops loops;
    private readonly Buffer aPack, partial;
    private readonly Panels b;
    private readonly LookUps? lookUps;
    private readonly Buffer tables;

    /// <summary>Entries of a table of sums.</summary>
    private const long Entries = 16;

    public BlockedContraction(Contraction contraction, Machine machine, bool constantB)
    {
        (this.contraction, this.machine, this.constantB) = (contraction, machine, constantB);
        (rows, columns) = (new(contraction.M), new(contraction.N));
        var order = contraction.NearLast();
        tile = Tile.For(machine, rows.Static, columns.Static, new Flattened(order).Static);
        // A step's place in its byte of weights is known where whole bytes are written out, in kernels for few rows and for many alike: they share the panels.
        if (constantB && contraction.B.Parts().OfType<Load>().Any(load => load.Buffer.Scalar.Bits == 2)) tile = tile with { Unroll = Up(tile.Unroll, 4) * 4 };
        depth = new(order, tile.Depth, constantB ? Panels.Unit(contraction) : 1);
        b = new(contraction, columns, depth, constantB, tile.Unroll);
        packsA = !ReadsPlainly() || machine.Chosen is { Gather: Wish.Yes };
        // What is used for one tile of rows only is not worth laying out.
        packsB = constantB || rows.Static == 0 || rows.Static > tile.Rows || !ReadsColumns();
        shared = machine.Pays(contraction);
        loops = new(machine, rows, columns, tile, shared, packsA, contraction.Batch.Count > 0);
        var name = contraction.Output.Buffer.Name;
        aPack = new($"{name}.rows", Scalar.F32, [loops.BlockRows, depth.Steps + 16], Space.Arena);
        // A table is worth its sums where all columns look up in it, and where its entries lie in registers.
        lookUps = packsB && rows.Static is > 0 and <= 4 && machine.LooksUp && columns.Static >= 16 * Entries && SumsFit(tile.Rows, tile.Vectors) ? b.LookUpsOf(b.Groups is var (each, _, _) ? each : contraction.B) : null;
        tables = new($"{name}.tables", Scalar.F32, [loops.BlockRows, depth.Steps / (lookUps?.Together ?? 1), Entries], Space.Arena);
        partial = new($"{name}.partial", Scalar.F32, [loops.BlockRows, Linear.Simplify(b.Count * Tile.Panel)], Space.Arena);
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

    /// <summary>What all products take with decoding and gathering: a vector of B is decoded once for the rows of a tile.</summary>
    public Pace Pace
    {
        get
        {
            const double efficiency = 0.85;
            var (batch, m) = ((double)Sizes.Guess(new Flattened(contraction.Batch).Extent), (double)Sizes.Guess(rows.Extent));
            var (steps, padded) = ((double)Sizes.Guess(depth.Count) * depth.Steps, (double)Sizes.Guess(b.Count) * Tile.Panel);
            var decoding = b.IsDecoding ? Effort.Of(b.Groups is var (each, _, _) && SumsFit(tile.Rows, tile.Vectors) ? each : contraction.B) / Math.Min(m, tile.Rows) : 0;
            // A look-up and a sum for several steps of a row.
            var one = lookUps is null ? 1 + decoding : 2.0 / lookUps.Together;
            var gathering = packsA ? m * steps * (2 + Effort.Of(contraction.A)) / machine.Lanes : 0;
            return new(batch * (m * steps * padded / tile.Lanes * one / efficiency + gathering + m * padded / tile.Lanes * contraction.Finishing), constantB ? b.Bytes : 0);
        }
    }

    /// <summary>Whether rows of A are copied before they are multiplied, since they are not evenly apart.</summary>
    public bool Gathers => packsA;

    /// <summary>What the tile was weighed against.</summary>
    public string Weighed => tile.Weighed == "" ? "" : $"tile: {tile.Weighed}";

    /// <summary>Whether weights are read out of a pool that is smaller than they are.</summary>
    public bool IsInPlace => b.IsInPlace;

    public string Describe() => $"blocked {tile.Rows}x{tile.Columns} depth {(depth.Count is Number ? $"{depth.Count}x" : "")}{depth.Steps}{(packsA ? " gathered" : "")}{(packsB ? "" : " in place")}{(packsB && b.IsDecoding ? lookUps is null ? b.IsInPlace ? " from a pool" : " decoding" : " looking up" : "")}";

    /// <summary>The kernels that run once, in the compiler, to lay B out in panels; none where B is computed when the model runs.</summary>
    public IEnumerable<Kernel> PackB() => constantB ? b.Pack() : [];

    public Kernel Compute()
    {
        var body = loops.All(Block);
        if (!constantB && packsB) body = new Scratch(b.Scratch, Do(b.Fill(shared), body));
        var batch = new Flattened(contraction.Batch);
        if (contraction.Batch.Count > 0) body = machine.Shared(shared, "b", batch.Extent, b => body.Map(e => e.Substitute(batch.At(b))));
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], body);

        Stmt Block(Expr block, Func<Func<Expr, Stmt>, Stmt> parts) => Wrap(!depth.IsOne, partial, For("kb", depth.Count, kb => Wrap(packsA, aPack, Wrap(lookUps is not null, tables, Do(
            packsA ? PackRows(block, kb) : Do(),
            lookUps is null ? Do() : FillTables(block, kb),
            parts(chunk => loops.Columns(chunk, (panel, count, ragged) => loops.Rows(block, (local, height) => RegisterTile(block, kb, panel, count, local, height, ragged)))))))));

        static Stmt Wrap(bool needed, Buffer buffer, Stmt inside) => needed ? new Scratch(buffer, inside) : inside;
    }

    private Stmt RegisterTile(Expr block, Expr kb, Expr panel, long width, Expr local, long height, bool ragged)
    {
        var perPanel = Tile.Panel / tile.Lanes;
        var vectors = width * perPanel;
        var sums = new RegisterTile(tile, height, vectors);
        Expr Column(Expr v, Expr j) => Linear.Simplify(panel * Tile.Panel + v * tile.Lanes + j);
        var one = depth.IsOne;
        var row = Linear.Simplify(loops.FirstRow(block) + local);
        Expr A(Expr r, Expr k) => this.A(kb, local, row, r, k);
        Expr B(Expr panel, Expr k, Expr v, Expr j) => packsB ? b.At(kb, Linear.Simplify(panel + v / perPanel), k, Linear.Simplify(v % perPanel * tile.Lanes + j))
            : contraction.B.Placed([.. columns.At(Column(v, j)), .. depth.At(kb, k)]);
        // Weights beyond the cache come in time if they are asked for one group of panels early.
        var next = !constantB || b.IsInPlace || loops.TilesPerBlock < 2 || b.Bytes < 16384 ? null
            : new RegisterTile.Next(Linear.Simplify(local / tile.Rows), loops.TilesPerBlock, (k, v, j) => b.Ahead(kb, Linear.Simplify(panel + width + v / perPanel), k, Linear.Simplify(v % perPanel * tile.Lanes + j)));
        return sums.Around(
            When(one ? true : Expr.Same(kb, 0), sums.Set((_, _, _) => 0.0)),
            one ? Do() : When(0 < kb, sums.Set((r, v, j) => partial[[local + r, Column(v, j)]])),
            packsB && b.Groups is var (each, shares, steps) && SumsFit(height, vectors) ? InGroups(each, shares, steps)
                : lookUps is not null && b.Groups is null ? Add(sums, contraction.B, 0, depth.Steps, next)
                : sums.Add(depth.StepsOf(kb), Passes.RegisterTile.Products(machine, A, (k, v, j) => B(panel, k, v, j)), next),
            one ? Do() : When(kb < depth.Count - 1, sums.Each((r, v, j) => partial.Set([local + r, Column(v, j)], sums[r, v, j]))),
            When(one ? true : Expr.Same(kb, depth.Count - 1), sums.Each((r, v, j) => When(ragged ? Column(v, j) < columns.Extent : true, contraction.Finished(sums[r, v, j], [.. rows.At(Linear.Simplify(row + r)), .. columns.At(Column(v, j))])))));

        // What a group of steps shares multiplies their sum, not each of its numbers.
        Stmt InGroups(Expr each, Expr shares, long steps)
        {
            var group = new RegisterTile(tile, height, vectors, name: "group");
            return For("g", depth.Steps / steps, g => group.Around(
                group.Set((_, _, _) => 0.0),
                Add(group, each, Linear.Simplify(g * steps), steps, next is null ? null : next with { Number = Linear.Simplify(next.Number * (depth.Steps / steps) + g) }),
                sums.Set((r, v, j) => machine.MultiplyAdd(group[r, v, j], Of(shares, Linear.Simplify(g * steps), v, j), sums[r, v, j]))));
        }

        // Some steps' products of A and a part of B's formula: each multiplied, or several looked up.
        Stmt Add(RegisterTile into, Expr each, Expr first, long steps, RegisterTile.Next? later)
        {
            if (lookUps is null) return into.Add(steps, Passes.RegisterTile.Products(machine, (r, k) => A(r, Linear.Simplify(first + k)), (k, v, j) => Of(each, Linear.Simplify(first + k), v, j)), later, depth.Steps);
            var together = lookUps.Together;
            Expr Turn(Expr k) => Linear.Simplify(Linear.Simplify(first / together) + k);
            return into.Add(steps / together, (r, k, v, j, sum, ahead) =>
            {
                var added = sum + tables[[local + r, Turn(k), lookUps.Code(kb, Linear.Simplify(panel + v / perPanel), Turn(k), Linear.Simplify(v % perPanel * tile.Lanes + j)).As(Scalar.I64)]];
                return ahead is null ? added : Expr.Ahead(added, ahead);
            }, later is null ? null : later with { At = (k, v, j) => later.At(Linear.Simplify(k * together), v, j) }, depth.Steps / together);
        }

        Expr Of(Expr formula, Expr k, Expr v, Expr j) => b.At(formula, kb, Linear.Simplify(panel + v / perPanel), k, Linear.Simplify(v % perPanel * tile.Lanes + j));
    }

    /// <summary>Whether sums of a group stay in registers: those of all groups wait in memory, if they must.</summary>
    private bool SumsFit(long height, long vectors) => height * vectors + 4 <= machine.VectorRegisters;

    /// <summary>A row's number at a step.</summary>
    private Expr A(Expr kb, Expr local, Expr row, Expr r, Expr k) => packsA ? aPack[[local + r, k]] : contraction.A.Placed([.. rows.At(Linear.Simplify(row + r)), .. depth.At(kb, k)]);

    /// <summary>What several steps add for each code that their weights can be.</summary>
    private Stmt FillTables(Expr block, Expr kb) => loops.Rows(block, (local, height) => For("r", height, r => For("t", depth.Steps / lookUps!.Together, t => Vector("e", Entries, e =>
        tables.Set([Linear.Simplify(local + r), t, e], Enumerable.Range(0, (int)lookUps.Together)
            .Select(i => A(kb, local, Linear.Simplify(loops.FirstRow(block) + local), r, Linear.Simplify(t * lookUps.Together + i)) * lookUps.Factor(e.As(Scalar.I32), i)).Aggregate((x, y) => x + y))))), loops.IsInside);

    /// <summary>Gathers a block of A into rows: padding, decoding and producers happen here, once. Rows that read nothing outside are copied without checks.</summary>
    private Stmt PackRows(Expr block, Expr kb) => loops.Rows(block, (local, height) => For("r", height, r =>
    {
        (Axis, Expr)[] row = [.. rows.At(Linear.Simplify(loops.FirstRow(block) + local + r))];
        Stmt Copy(bool inside) => depth.Loops(kb, tile.Lanes, inside, (position, at, exists) =>
        {
            var a = contraction.A.Placed([.. row, .. at]);
            return SetExisting(aPack, [Linear.Simplify(local + r), position], exists, inside ? a.Replace(part => part is Load load ? load.Inside() : null) : a);
        });
        var inside = depth.IsRagged || depth.Axes.Count == 0 ? false : Interior.Of(contraction.A.Placed(row),
            [.. depth.Axes.Select((axis, i) => (axis, i == depth.Axes.Count - 1 ? Math.Max(depth.Overrun, axis.Extent.Whole) : axis.Extent.Whole))]);
        return Do(When(inside, Copy(true)), When(Expr.Not(inside), Copy(false)));
    }), loops.IsInside);

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
}
