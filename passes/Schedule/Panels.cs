using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// The side of a contraction that lies in panels of sixteen columns, one block of the depth after another. Weights lie there as they are stored: every array
/// that their formula reads (codes, scales, zero points) has panels of its own kind of number, and the formula decodes them where they are multiplied.
/// What many steps share, such as the scale of a group, is there once for all of them.
/// </summary>
internal sealed class Panels
{
    private readonly Contraction contraction;
    private readonly Flattened columns;
    private readonly DepthBlocks depth;
    private readonly Seq<Axis> batch;
    private readonly bool constant;
    private readonly long unroll;
    private readonly Seq<Part> parts;
    private readonly Axis column, block, step;

    /// <summary>Parts of B's formula that are read where they are, at the place that the column and the step say: arrays that hold fewer numbers than panels of them would.</summary>
    private readonly Dictionary<Expr, Expr> inPlace = [];

    /// <summary>Something in panels.</summary>
    /// <param name="Value">What the formula has where this is read.</param>
    /// <param name="Steps">Steps that share a number.</param>
    /// <param name="PerColumn">Whether it is another one for each column.</param>
    /// <param name="PerByte">Steps whose numbers share a byte, those of one column: the numbers of a step are then found in all bytes at the same place. 1 where each has bytes of its own or a byte holds columns.</param>
    /// <param name="Together">Steps whose numbers, of two bits or one, are one code of four bits: what sums of them can be looked up by.</param>
    private sealed record Part(Expr Value, Buffer Packed, long Steps, bool PerColumn, long PerByte = 1, long Together = 1);

    /// <param name="constant">Whether B is weights, packed by the compiler; else it is packed when the model runs.</param>
    /// <param name="unroll">Steps that a turn of the loop has, one written after another.</param>
    /// <param name="what">What lies in them, for the name.</param>
    public Panels(Contraction contraction, Flattened columns, DepthBlocks depth, bool constant, long unroll, string what = "panels")
    {
        (this.contraction, this.columns, this.depth, this.constant, this.unroll) = (contraction, columns, depth, constant, unroll);
        batch = constant ? [.. contraction.Batch.Where(contraction.B.Mentions)] : [];
        Count = Linear.Simplify((columns.Extent + (Tile.Panel - 1)) / Tile.Panel);
        (column, block, step) = (new("n", Linear.Simplify(Count * Tile.Panel)), new("kb", depth.Count), new("k", depth.Steps));
        var name = $"{contraction.Output.Buffer.Name}.{what}";
        if (constant && Stored(name) is { } stored && Bits(stored) < Scalar.F32.Bits) parts = stored;
        else
        {
            inPlace.Clear();
            parts = [new(contraction.B, new(name, Scalar.F32, [.. batch.Select(a => a.Extent), depth.Count, Count, depth.Stored, Tile.Panel], constant ? Space.Argument : Space.Arena), 1, true)];
        }
        Groups = Grouped();
    }

    /// <summary>How many panels there are side by side.</summary>
    public Expr Count { get; }

    /// <summary>Steps that a block of the depth must hold a multiple of, so that no group of shared numbers is cut.</summary>
    public static long Unit(Contraction contraction) => contraction.B.Parts().OfType<Load>().Select(load => contraction.GroupOf(load)).DefaultIfEmpty(1).Max();

    /// <summary>Whether the sum multiplies what the weights' formula decodes, not numbers that the compiler has decoded.</summary>
    public bool IsDecoding => parts is not [{ Packed.Scalar: Scalar.F32 }];

    /// <summary>The formula of what lies here.</summary>
    public Expr Whole => contraction.B;

    /// <summary>Where what the model itself computes is packed.</summary>
    public Buffer Scratch => parts[0].Packed;

    /// <summary>Bytes of all panels, where their number is known.</summary>
    public long Bytes => parts.Sum(part => part.Packed.Scalar.Bytes(part.Packed.Size.Whole));

    /// <summary>The number of a column at a step.</summary>
    /// <param name="column">In its panel.</param>
    public Expr At(Expr block, Expr panel, Expr step, Expr column) => At(contraction.B, block, panel, step, column);

    /// <summary>A part of that number's formula.</summary>
    public Expr At(Expr formula, Expr block, Expr panel, Expr step, Expr column) => formula.Replace(value => parts.FirstOrDefault(part => part.Value == value) is { } part ? Read(part, block, panel, step, column)
        : inPlace.TryGetValue(value, out var place) ? Plainly(place, (this.column, Linear.Simplify(panel * Tile.Panel + column)), (this.block, block), (this.step, step))
        : IsDecoding && Phase(value) is { } size ? Linear.Simplify(step % size) : null);

    /// <summary>B as the product of what is another number at every step and of what groups of steps share, such as their scale, so that a group can be summed before it is scaled; null where it is none.</summary>
    public (Expr Each, Expr Shared, long Steps)? Groups { get; }

    private (Expr Each, Expr Shared, long Steps)? Grouped()
    {
        if (!IsDecoding || depth.Stored is not Number || depth.IsRagged) return null;
        var (each, shared, steps) = (new List<Expr>(), new List<Expr>(), depth.Steps);
        foreach (var factor in Contraction.Factors(contraction.B))
        {
            var read = parts.Where(part => factor.Parts().Contains(part.Value)).ToList();
            if (read.Count == 0 || read.Exists(part => part.Steps == 1) || factor.Parts().Any(part => Phase(part) is not null)) each.Add(factor);
            else
            {
                shared.Add(factor);
                steps = Math.Min(steps, read.Min(part => part.Steps));
            }
        }
        var whole = parts.All(part => part.Steps == 1 || part.Steps % steps == 0) && depth.Steps % steps == 0 && steps % unroll == 0 && steps >= 4 * unroll;
        return each.Count > 0 && shared.Count > 0 && whole ? (each.Aggregate((a, b) => a * b), shared.Aggregate((a, b) => a * b), steps) : null;
    }

    /// <summary>Whether arrays are read where they are, because they hold less than panels would.</summary>
    public bool IsInPlace => inPlace.Count > 0;

    /// <summary>The read of the array with a number for each step, to ask for it early; of what <see cref="IsInPlace"/> there may be none.</summary>
    public Expr Ahead(Expr block, Expr panel, Expr step, Expr column)
    {
        var largest = parts.MaxBy(part => part.Packed.Size is Number n ? n.Integer : 0)!;
        return largest.Together > 1 ? Code(largest, block, panel, Linear.Simplify(step / largest.Together), column) : Read(largest, block, panel, step, column);
    }

    /// <summary>The kernels that lay weights out, once, in the compiler.</summary>
    public IEnumerable<Kernel> Pack() => parts.Select(part => Kernel.Over(part.Packed.Name, [part.Packed], Nest(LoopKind.For, batch, Fill(part, shared: false))));

    /// <summary>Lays out what the model itself computes.</summary>
    public Stmt Fill(bool shared) => Fill(parts[0], shared);

    private Expr Read(Part part, Expr block, Expr panel, Expr step, Expr column)
    {
        if (part.Together > 1)
        {
            var bits = part.Value.Type.Bits;
            var shift = Linear.Simplify(step % part.Together * bits).As(Scalar.I32);
            return ((Code(part, block, panel, Linear.Simplify(step / part.Together), column).As(Scalar.I32) >> shift) & Number.Of(Scalar.I32, (1L << bits) - 1)).As(part.Value.Type);
        }
        if (part.PerByte > 1) return part.Packed[[.. batch, block, panel, Linear.Simplify(step / part.PerByte), column, Linear.Simplify(step % part.PerByte)]];
        var group = part.Steps == 1 ? step : Linear.Simplify(step / part.Steps);
        return part.PerColumn ? part.Packed[[.. batch, block, panel, group, column]] : part.Packed[[.. batch, block, group]];
    }

    /// <summary>Codes of several steps as one number of four bits; two of them are in a byte.</summary>
    private Expr Code(Part part, Expr block, Expr panel, Expr turn, Expr column) => part.Packed[[.. batch, block, panel, Linear.Simplify(turn / 2), column, Linear.Simplify(turn % 2)]];

    /// <summary>What sums of several steps can be looked up by; null where a formula of B is of more than one code of few bits.</summary>
    /// <param name="each">Of B, what is another number at every step.</param>
    public LookUps? LookUpsOf(Expr each)
    {
        var read = parts.Where(part => each.Parts().Contains(part.Value)).ToList();
        if (read is not [{ Together: > 1 } code] || each.Parts().OfType<Load>().Any(load => load != code.Value && !IsLookup(load))) return null;
        var (bits, mask) = (code.Value.Type.Bits, Number.Of(Scalar.I32, (1L << code.Value.Type.Bits) - 1));
        return new(code.Together, (entry, i) => each.Replace(e => e == code.Value ? ((entry >> Number.Of(Scalar.I32, i * bits)) & mask).As(code.Value.Type) : null), (block, panel, turn, column) => Code(code, block, panel, turn, column));
    }

    /// <summary>B's arrays, if its formula is made of nothing but weights that panels can hold as they are.</summary>
    private Seq<Part>? Stored(string name)
    {
        var found = new List<Part>();
        foreach (var load in contraction.B.Parts().OfType<Load>().Distinct())
        {
            if (Shared(load) is { } shared)
            {
                inPlace[load] = shared;
                continue;
            }
            if (IsLookup(load))
            {
                // Beside what is looked up by, a place in the table may say how far into its group a step is: blocks begin where groups do.
                var whole = depth.IsOne || contraction.B.Parts().All(part => Phase(part) is not { } size || depth.Steps % size == 0);
                if (contraction.K.Concat(contraction.N).Concat(batch).Any(Load.Of(load.Buffer, [.. load.At.Select(index => index.Replace(part => part is Load ? Number.Of(part.Type.Arithmetic, 0L).As(part.Type) : whole && Phase(part) is not null ? (Expr)0 : null))], load.Outside).Mentions)) return null;
                continue;
            }
            if (load.Outside is not null || load.Buffer.Scalar is Scalar.F64 || load.Buffer.Scalar.IsComplex) return null;
            var (perColumn, steps) = (contraction.N.Any(load.Mentions), contraction.K.Any(load.Mentions) ? contraction.GroupOf(load) : depth.Steps);
            if (!depth.IsOne && depth.Steps % steps != 0) return null;
            Seq<Expr> shape = [.. batch.Select(a => a.Extent), depth.Count, Up(depth.Steps, steps)];
            if (perColumn) shape = [.. batch.Select(a => a.Extent), depth.Count, Count, Up(depth.Steps, steps), Tile.Panel];
            var perByte = perColumn && steps == 1 && load.Buffer.Scalar.Bits < 8 ? 8 / load.Buffer.Scalar.Bits : 1;
            // No byte has a place that nothing is stored to, and a step's place in its byte is known where it is read.
            if (unroll % perByte != 0 || depth.Stored is not Number || depth.Steps % perByte != 0 || depth.IsRagged) perByte = 1;
            if (perByte > 1) shape = [.. batch.Select(a => a.Extent), depth.Count, Count, depth.Steps / perByte, Tile.Panel, perByte];
            var together = perByte > 2 ? perByte / 2 : 1;
            if (together > 1) shape = [.. shape.SkipLast(1), 2];
            found.Add(new(load, new(found.Count == 0 ? name : $"{name}.{found.Count}", together > 1 ? Scalar.U4 : load.Buffer.Scalar, shape), steps, perColumn, perByte, together));
        }
        // Whatever else of the formula depends on the place would have to be placed, too: a sign that a hash says is.
        var rest = contraction.B.Replace(part => part is Load load ? load.Buffer[[.. load.At.Select(_ => (Expr)0)]] : null);
        if (IsInPlace)
            rest = rest.Replace(part =>
            {
                if (part.Type != Scalar.F32 || part.Parts().OfType<Load>().Any() || !contraction.K.Concat(contraction.N).Any(part.Mentions) || Lane(Placed(part)) != 0) return null;
                inPlace[part] = Placed(part);
                return 0f;
            });
        return contraction.K.Concat(contraction.N).Concat(batch).Any(rest.Mentions) ? null : [.. found];
    }

    /// <summary>
    /// A read of an array that many steps and columns share in some way that is not plainly groups: blocks of a pool. It stays as it is, where panels of it would hold more; the index is worked out where
    /// the number is read. Null where it is none: neighbouring columns must find neighbours, or the same.
    /// </summary>
    private Expr? Shared(Load load, int depthOfReads = 0)
    {
        if (!constant || depth.Stored is not Number || depth.IsRagged || load.Outside is not null || load.Buffer.Size is not Number { Integer: var held } || columns.Static == 0) return null;
        if (contraction.B.Parts().Any(part => part is Call { Function: Function.Select } || part.Type == Scalar.F64)) return null;
        var spread = (contraction.N.Any(load.Mentions) ? columns.Static : 1) * (contraction.K.Any(load.Mentions) ? new Flattened(contraction.K).Static / contraction.GroupOf(load) : 1);
        if (2 * held > spread) return null;
        // What says which block it is must be one number for all columns of a panel.
        if (load.At.SelectMany(index => index.Parts()).OfType<Load>().Any(inner => depthOfReads > 0 || Shared(inner, 1) is not { } which || Lane(which) != 0)) return null;
        var placed = Placed(load);
        return Lane(placed) is 0 or 1 && placed is Load at && at.At.Zip(at.Buffer.Shape).All(p => Linear.Range(p.First).Low >= 0 && Linear.ProvesLess(p.First, p.Second)) ? placed : null;
    }

    /// <summary>A part of B's formula at a column among all panels', block and step.</summary>
    private Expr Placed(Expr part) => Plainly(part, [.. columns.At(column), .. depth.At(block, step)]);

    /// <summary>With expressions in place of axes, whole numbers in their normal form.</summary>
    private static Expr Plainly(Expr part, params IEnumerable<(Axis, Expr)> at) => part.Substitute(at).Replace(e => e switch
    {
        Load load => Load.Of(load.Buffer, [.. load.At.Select(index => Linear.Simplify(Plainly(index)))], load.Outside),
        Cast { Operand: { Type: Scalar.I64 } whole } cast => Linear.Simplify(Plainly(whole)).As(cast.Type),
        _ => null,
    });

    /// <summary>How far from one column of a panel to the next what is placed goes on in memory: 0 where they share it; null where that is not even.</summary>
    private long? Lane(Expr placed)
    {
        var (panel, lane) = (new Axis("p", Count), new Axis("j", Tile.Panel));
        var here = Plainly(placed, (column, panel * Tile.Panel + lane));
        if (!here.Mentions(lane)) return 0;
        if (here is not Load load) return null;
        var place = Linear.Of(load.Buffer.Flat(load.At));
        return place.Terms.Keys.All(atom => atom == (Expr)lane || !atom.Mentions(lane)) ? place[lane] : null;
    }

    /// <summary>A read of a table by a number that is itself read: the table stays where it is, whatever the place.</summary>
    private static bool IsLookup(Load load) => load.At.Any(index => index.Parts().OfType<Load>().Any());

    /// <summary>The size of the groups of steps in which an expression says the place: <c>k % 4</c> is 4; null for any other.</summary>
    private long? Phase(Expr part) => part is Binary { Operator: Operator.Modulo, B: Number { Integer: > 1 and var size } } place && contraction.K is [var axis] && place.A == axis ? size : null;

    /// <summary>Bits for each number of B.</summary>
    private static double Bits(Seq<Part> stored) => stored.Sum(part => part.PerColumn ? (double)part.Packed.Scalar.Bits / part.Steps : 0);

    private Stmt Fill(Part part, bool shared)
    {
        var (whole, left) = (Linear.Simplify(columns.Extent / Tile.Panel), Linear.Simplify(columns.Extent % Tile.Panel));
        return For("kb", depth.Count, kb => !part.PerColumn ? Steps(part, kb, (at, exists, value) => SetExisting(part.Packed, [.. batch, kb, at], exists, value)) : Do(
            whole is Number { Integer: 0 } ? Do() : Over(shared ? LoopKind.Parallel : LoopKind.For, "n", whole, n => Panel(part, kb, n, false)),
            left is Number { Integer: 0 } ? Do() : When(0 < left, Panel(part, kb, whole, true))));
    }

    private Stmt Panel(Part part, Expr kb, Expr n, bool ragged) => Steps(part, kb, (at, exists, value) => Over(constant ? LoopKind.For : !ragged && Lies(value) ? LoopKind.Vector : LoopKind.Unroll, "j", Tile.Panel, j =>
    {
        var column = Linear.Simplify(n * Tile.Panel + j);
        var b = value.Placed(columns.At(ragged ? Expr.Min(column, columns.Extent - 1) : column));
        var each = part.PerByte / part.Together;
        Seq<Expr> place = part.PerByte == 1 ? [at, j] : [Linear.Simplify(at / each), j, Linear.Simplify(at % each)];
        return SetExisting(part.Packed, [.. batch, kb, n, .. place], exists, ragged ? Expr.Select(column < columns.Extent, b, Number.Of(b.Type.Arithmetic, 0.0).As(b.Type)) : b);
    }));

    /// <summary>Loops over the steps of a block, or over those that share a number.</summary>
    private Stmt Steps(Part part, Expr kb, Func<Expr, Expr, Expr, Stmt> body)
    {
        if (part.Together > 1)
            return For("t", depth.Steps / part.Together, t => body(t, true, Enumerable.Range(0, (int)part.Together)
                .Select(i => part.Value.Placed([.. depth.At(kb, Linear.Simplify(t * part.Together + i))]).As(Scalar.I32) << Number.Of(Scalar.I32, i * part.Value.Type.Bits)).Aggregate((a, b) => a | b).As(Scalar.U4)));
        if (part.Steps == 1) return depth.Loops(kb, 1, false, (position, at, exists) => body(position, exists, part.Value.Placed(at)));
        // The last block may end early: what stands there is multiplied by zeros.
        return For("t", Up(depth.Steps, part.Steps), t => body(t, true, part.Value.Placed(contraction.K.Where(part.Value.Mentions).Select(axis => (axis, Linear.Simplify(Expr.Min(kb * depth.Steps + t * part.Steps, axis.Extent - 1)))))));
    }

    /// <summary>Whether neighbouring columns are neighbours in memory, for all columns alike.</summary>
    public bool Lies(Expr side)
    {
        var column = new Axis("j", columns.Extent);
        (Axis, Expr)[] at = [.. columns.At(column)];
        return side is Load { Outside: null } load && Linear.Of(load.Buffer.Flat(load.At.Placed(at))) is var place
            && place[column] == 1 && place.Terms.Keys.All(atom => atom == (Expr)column || !atom.Mentions(column));
    }
}
