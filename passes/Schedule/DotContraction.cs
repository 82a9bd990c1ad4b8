using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The template for products of narrow whole numbers: machine steps add two or four products at once, sums are exact in i32, zero points come in afterwards as
/// whole numbers, and scales of groups where each group ends. A is read where it lies or gathered into rows of bytes, B lies in panels as it is stored.
/// </summary>
/// <remarks>Σ (a - z)(b - y) = Σ ab - zΣb - yΣa + nzy: sums of columns are packed with the weights, sums of rows are taken once for a block.</remarks>
public sealed class DotContraction
{
    private readonly Contraction contraction;
    private readonly WholeProduct product;
    private readonly Machine machine;
    private readonly Tile tile;
    private readonly Flattened rows, columns;
    private readonly DepthBlocks depth;
    private readonly TileLoops loops;
    private readonly WholePanels b;
    private readonly WholeFactor a;
    private readonly bool packsA, isLeftFirst;
    private readonly long width;
    private readonly Buffer aPack, rowSums;

    private DotContraction(Contraction contraction, WholeProduct product, Machine machine)
    {
        (this.contraction, this.product, this.machine) = (contraction, product, machine);
        (rows, columns) = (new(contraction.M), new(contraction.N));
        var order = contraction.NearLast();
        var kinds = Kinds(product, machine);
        width = kinds.Width;
        isLeftFirst = kinds.A != Scalar.I8 || machine.Quads == ByteQuads.Signed;
        // In 16 bits A's zero point is taken off as rows are packed.
        a = kinds.Width == 2 ? new(product.A.Number, Number.Of(Scalar.I32, 0L)) : kinds.ShiftA == 0 ? product.A : new(product.A.Code + kinds.ShiftA, product.A.Zero + kinds.ShiftA);
        b = new(contraction, product, columns, order, width, kinds.ShiftB, kinds.B, sums: !a.IsPlain);
        depth = new(order, long.MaxValue);
        packsA = kinds.Width == 2 || kinds.ShiftA != 0 || !ReadsPlainly(kinds.A);
        tile = Sized(Tile.For(machine, rows.Static, columns.Static, Up(depth.Steps, width), spare: machine.VectorRegisters == 32 ? 4 : 2));
        loops = new(machine, rows, columns, tile, machine.Pays(contraction), packsA, contraction.Batch.Count > 0);
        var name = contraction.Output.Buffer.Name;
        // Rows a power of two apart would fall on the same sets of the first cache.
        aPack = new($"{name}.rows", kinds.A, [loops.BlockRows, Up(b.Padded, 64) * 64 + 64], Space.Arena);
        rowSums = new($"{name}.row_sums", Scalar.I32, [loops.BlockRows, b.Groups], Space.Arena);
    }

    /// <summary>The template for a contraction; null where its products are not of whole numbers, or B is not weights.</summary>
    public static DotContraction? Find(Contraction contraction, Machine machine, bool constantB)
    {
        if (!constantB || contraction.N.Count == 0 || contraction.Batch.Any(axis => axis.Extent is not Number) || new Flattened(contraction.N).Static == 0 || new Flattened(contraction.K).Static == 0) return null;
        if (!contraction.A.Parts().OfType<Load>().Any(l => contraction.K.Any(l.Mentions))) return null;
        if (WholeProduct.Find(contraction) is not { } product || !WholePanels.Fits(contraction, product, Kinds(product, machine).Width)) return null;
        return new(contraction, product, machine);
    }

    /// <summary>Products of whole numbers, what taking codes below a byte apart adds, sums of groups turned into reals, rows gathered and added up.</summary>
    public Pace Pace
    {
        get
        {
            // Steps of whole numbers have more of the machine's units to run in than those of reals.
            const double efficiency = 0.85, whole = 0.3;
            var (batch, m) = ((double)Sizes.Guess(new Flattened(contraction.Batch).Extent), (double)Sizes.Guess(rows.Extent));
            var padded = (double)Up(columns.Static, Tile.Panel) * Tile.Panel;
            var adding = width == 2 ? 1.1 : 1.0;
            var reading = whole * (b.PerByte > 1 ? Effort.Of(product.B.Code) : width == 2 ? 1 : 0) / Math.Min(m, tile.Rows);
            var closing = product.Group == 0 ? 0 : (3 + (product.Step is null ? 0 : 2) + (b.HasZero ? 2 : 0) + (a.IsPlain ? 0 : 2)) * width / (double)product.Group;
            var gathering = (packsA ? 2 + Effort.Of(a.Code) : 0) + (b.HasZero ? 1 : 0);
            return new(batch * (m * padded / tile.Lanes * b.Padded / width * (adding + reading + closing) / efficiency + m * padded / tile.Lanes * contraction.Finishing + m * b.Padded * gathering / (machine.VectorBytes / (aPack.Scalar.Bits / 8))), b.Bytes);
        }
    }

    public string Describe() => $"dots {tile.Rows}x{tile.Columns} of {width}{(packsA ? " gathered" : "")}{(product.Group == 0 ? "" : $" groups of {product.Group}")}{(b.PerByte == 1 ? "" : $" {8 / b.PerByte} bits")}";

    /// <summary>The kernels that run once, in the compiler, to lay B out in panels.</summary>
    public IEnumerable<Kernel> PackB() => b.Pack();

    public Kernel Compute()
    {
        var body = loops.All((block, parts) => Wrap(packsA, aPack, Wrap(b.HasZero, rowSums, Do(
            packsA ? PackRows(block) : Do(),
            b.HasZero ? SumRows(block) : Do(),
            parts(chunk => loops.Columns(chunk, (panel, count, ragged) => loops.Rows(block, (local, height) => RegisterTile(block, panel, count, local, height, ragged))))))));
        var batch = new Flattened(contraction.Batch);
        if (contraction.Batch.Count > 0) body = machine.Shared(machine.Pays(contraction), "b", batch.Extent, b => body.Map(e => e.Substitute(batch.At(b))));
        return Kernel.Over(contraction.Kernel.Name, [contraction.Output.Buffer], body);

        static Stmt Wrap(bool needed, Buffer buffer, Stmt inside) => needed ? new Scratch(buffer, inside) : inside;
    }

    /// <summary>What a machine step takes: how many steps it adds, the kinds of both sides, and what is added to their codes for that.</summary>
    private static (int Width, Scalar A, long ShiftA, Scalar B, long ShiftB) Kinds(WholeProduct product, Machine machine)
    {
        const long half = 128;
        bool Holds(Expr code, Scalar kind, long shift = 0) => Linear.Range(code) is var (low, high) && low + shift >= kind.Range.Low && high + shift <= kind.Range.High;
        var (a, b) = (product.A.Code, product.B.Code);
        // Codes below a byte are both: signed and unsigned.
        (Scalar Kind, long Shift)? Stored(Scalar kind) => Holds(b, kind) ? (kind, 0) : b is not Cast { Operand: Load } ? null : kind == Scalar.U8 && Holds(b, kind, half) ? (kind, half) : kind == Scalar.I8 && Holds(b, kind, -half) ? (kind, -half) : null;
        var isByte = a is Cast { Operand: Load { Buffer.Scalar: Scalar.U8 or Scalar.I8 } };
        if (machine.Quads == ByteQuads.Mixed && isByte && Holds(a, Scalar.U8) && Stored(Scalar.I8) is var (kind, shift)) return (4, Scalar.U8, 0, kind, shift);
        if (machine.Quads == ByteQuads.Mixed && isByte && Holds(a, Scalar.I8) && Stored(Scalar.U8) is var (other, its)) return (4, Scalar.I8, 0, other, its);
        if (machine.Quads == ByteQuads.Signed && isByte && Stored(Scalar.I8) is var (signed, by)) return (4, Scalar.I8, Holds(a, Scalar.I8) ? 0 : -half, signed, by);
        return (2, Scalar.I16, 0, Holds(b, Scalar.U8) ? Scalar.U8 : Scalar.I8, 0);
    }

    /// <summary>Groups have sums of reals beside those of whole numbers: half as many fit.</summary>
    private Tile Sized(Tile tile)
    {
        var unrolled = tile with { Unroll = Math.Max(b.PerByte, 2) };
        if (product.Group == 0) return unrolled;
        var most = machine.VectorRegisters == 32 ? 14 : 6;
        var vectors = Math.Max(1, Math.Min(tile.Vectors, most / Math.Max(1, Math.Min(tile.Rows, 4))));
        vectors = Math.Max(Tile.Panel / tile.Lanes, vectors / (Tile.Panel / tile.Lanes) * (Tile.Panel / tile.Lanes));
        var height = Math.Max(1, Math.Min(tile.Rows, most / vectors));
        return unrolled with { Vectors = vectors, Rows = height, RowBlock = tile.RowBlock / height * height };
    }

    private Stmt RegisterTile(Expr block, Expr panel, long count, Expr local, long height, bool ragged)
    {
        var perPanel = Tile.Panel / tile.Lanes;
        var vectors = count * perPanel;
        var row = Linear.Simplify(loops.FirstRow(block) + local);
        Expr Panel(Expr v) => Linear.Simplify(panel + v / perPanel);
        Expr Inner(Expr v, Expr j) => Linear.Simplify(v % perPanel * tile.Lanes + j);
        Expr Column(Expr v, Expr j) => Linear.Simplify(panel * Tile.Panel + v * tile.Lanes + j);
        (Axis, Expr)[] At(Expr r, Expr v, Expr j) => [.. rows.At(Linear.Simplify(row + r)), .. columns.At(ragged ? Linear.Simplify(Expr.Min(Column(v, j), columns.Extent - 1)) : Column(v, j))];
        RegisterTile.Adding Dots(Expr first) => (r, k, v, j, sum, _) =>
        {
            var (lane, step) = (new Axis("q", width), Linear.Simplify(first + k));
            var at = Linear.Simplify(step * width + lane);
            var left = packsA ? aPack[[Linear.Simplify(local + r), at]] : ((Cast)a.Code).Operand.Placed([.. rows.At(Linear.Simplify(row + r)), .. depth.At(0, at)]);
            var right = b.At(Panel(v), step, Inner(v, j), lane);
            return isLeftFirst ? Dot.Of(lane, left, right, sum) : Dot.Of(lane, right, left, sum);
        };
        Expr Total(Expr sum, Expr g, long steps, Expr r, Expr v, Expr j)
        {
            var (z, y) = (a.Zero.Placed(At(r, v, j)), b.HasZero ? b.Zero(Panel(v), g, Inner(v, j), At(r, v, j)) : null);
            if (!a.IsPlain) sum -= z * b.Sum(Panel(v), g, Inner(v, j));
            if (y is not null) sum -= y * rowSums[[Linear.Simplify(local + r), g]];
            return y is null || a.IsPlain ? sum : sum + z * y * steps;
        }
        Stmt Stored(Expr r, Expr v, Expr j, Expr sum) => When(ragged ? Column(v, j) < columns.Extent : true, Store(At(r, v, j), [.. rows.At(Linear.Simplify(row + r)), .. columns.At(Column(v, j))], sum));
        if (product.Group == 0)
        {
            var whole = new RegisterTile(tile, height, vectors, Scalar.I32);
            return whole.Around(whole.Set((_, _, _) => 0), whole.Add(b.Padded / width, Dots(0)), whole.Each((r, v, j) =>
            {
                var total = Total(whole[r, v, j], 0, depth.Steps, r, v, j);
                if (product.Step is { } step) total *= step.Placed(At(r, v, j));
                if (contraction.Sum.Type == Scalar.F32) total = total.As(Scalar.F32);
                if (product.Scale is { } scale) total *= scale.Placed(At(r, v, j));
                return Stored(r, v, j, total);
            }));
        }
        // Groups that count whole numbers of times are added up as whole numbers.
        var isWhole = product.Scale is null;
        var (all, part) = (new RegisterTile(tile, height, vectors, isWhole ? Scalar.I32 : Scalar.F32), new RegisterTile(tile, height, vectors, Scalar.I32, "part"));
        Expr Added(Expr g, long steps, Expr r, Expr v, Expr j)
        {
            var total = Total(part[r, v, j], g, steps, r, v, j);
            Expr Of(Expr factor) => b.Scale(factor, Panel(v), g, Inner(v, j), At(r, v, j));
            if (product.Step is { } step) total *= Of(step);
            return isWhole ? all[r, v, j] + total : machine.MultiplyAdd(total.As(Scalar.F32), Of(product.Scale!), all[r, v, j]);
        }
        Stmt Group(Expr g, long steps, long padded) => part.Around(
            part.Set((_, _, _) => 0),
            part.Add(padded / width, Dots(Linear.Simplify(g * (product.Group / width)))),
            all.Set((r, v, j) => Added(g, steps, r, v, j)));
        var (full, left) = (depth.Steps / product.Group, depth.Steps % product.Group);
        return all.Around(
            all.Set((_, _, _) => 0),
            For("g", full, g => Group(g, product.Group, product.Group)),
            left == 0 ? Do() : Group(full, left, b.Padded - full * product.Group),
            all.Each((r, v, j) => Stored(r, v, j, isWhole && contraction.Sum.Type == Scalar.F32 ? all[r, v, j].As(Scalar.F32) : all[r, v, j])));
    }

    private Stmt Store((Axis, Expr)[] read, (Axis, Expr)[] at, Expr sum) => contraction.Output.Buffer.Set(contraction.Output.At.Placed(at), contraction.Epilogue(sum).Placed(at));

    /// <summary>Gathers a block of A into rows of codes; what stands for padding is a code too. Rows that read nothing outside are copied without checks.</summary>
    private Stmt PackRows(Expr block) => loops.Rows(block, (local, height) => For("r", height, r =>
    {
        (Axis, Expr)[] row = [.. rows.At(Linear.Simplify(loops.FirstRow(block) + local + r))];
        var wide = machine.VectorBytes / (aPack.Scalar.Bits / 8);
        Stmt Copy(bool inside) => depth.Loops(0, wide, inside, (position, at, exists) =>
        {
            var code = a.Code.Placed([.. row, .. at]);
            if (code is Cast { Operand: Load { Buffer.Scalar: var kind } plain } && kind == aPack.Scalar) code = plain;
            if (inside) code = code.Replace(part => part is Load load ? load.Inside() : null);
            return SetExisting(aPack, [Linear.Simplify(local + r), position], exists, code.As(aPack.Scalar));
        });
        var interior = depth.Axes.Count == 0 ? false : Interior.Of(a.Code.Placed(row), [.. depth.Axes.Select((axis, i) => (axis, i == depth.Axes.Count - 1 ? Math.Max(depth.Overrun, axis.Extent.Whole) : axis.Extent.Whole))]);
        var fill = b.Padded - depth.Steps;
        return Do(When(interior, Copy(true)), When(Expr.Not(interior), Copy(false)), fill == 0 ? Do() : For("k", fill, k => aPack.Set([Linear.Simplify(local + r), Linear.Simplify(depth.Steps + k)], 0)));
    }), loops.IsInside);

    /// <summary>The sums of rows' codes, group by group.</summary>
    private Stmt SumRows(Expr block)
    {
        var size = product.Group == 0 ? b.Padded : product.Group;
        return loops.Rows(block, (local, height) => For("r", height, r => For("g", b.Groups, g =>
        {
            var (row, whole) = (Linear.Simplify(local + r), product.Group == 0 || b.Padded % size == 0);
            Expr Code(Expr k) => packsA ? aPack[[row, k]] : ((Cast)a.Code).Operand.Placed([.. rows.At(Linear.Simplify(loops.FirstRow(block) + row)), .. depth.At(0, k)]);
            var lanes = machine.Lanes;
            while (lanes > 1 && (!whole || size % (lanes * width) != 0)) lanes /= 2;
            var part = new Buffer("sum", Scalar.I32, [lanes], Space.Registers);
            var steps = new List<Stmt> { Over(LoopKind.Vector, "j", lanes, j => part.Set([j], 0)) };
            Expr left = Linear.Simplify(Expr.Min(size, b.Padded - g * size));
            steps.Add(For("k", Linear.Simplify((whole ? size : left) / (lanes * width)), k => Over(LoopKind.Vector, "j", lanes, j =>
            {
                var q = new Axis("q", width);
                var code = Code(Linear.Simplify(g * size + k * (lanes * width) + j * width + q));
                Expr one = Number.Of(isLeftFirst || width == 2 ? width == 2 ? Scalar.I16 : Scalar.I8 : Scalar.U8, 1L);
                return part.Set([j], isLeftFirst ? Dot.Of(q, code, one, part[[j]]) : Dot.Of(q, one, code, part[[j]]));
            })));
            for (var half = lanes / 2; half >= 1; half /= 2) steps.Add(Over(LoopKind.Vector, "j", half, j => part.Set([j], part[[j]] + part[[Linear.Simplify(j + half)]])));
            steps.Add(rowSums.Set([row, g], part[[0]]));
            return new Scratch(part, Do(steps));
        })), loops.IsInside);
    }

    /// <summary>A is used where it lies if it is bytes of the kind that the machine step takes, its steps side by side and its rows evenly apart.</summary>
    private bool ReadsPlainly(Scalar kind)
    {
        if (product.A.Code is not Cast { Operand: Load { Outside: null } load } || load.Buffer.Scalar != kind || b.Padded != depth.Steps) return false;
        var (row, step) = (new Axis("r", rows.Extent), new Axis("k", depth.Steps));
        var place = Linear.Of(load.Buffer.Flat([.. load.At.Select(i => i.Substitute([.. rows.At(row), .. depth.At(0, step)]))]));
        return place.Terms.Keys.All(atom => atom is Axis || !atom.Mentions(row) && !atom.Mentions(step)) && place[step] == 1;
    }
}
