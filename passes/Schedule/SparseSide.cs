using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// The side of a contraction that is kept in blocks: a list of blocks for each block row of outputs, walked from where it begins to where the next does. The numbers
/// lie as they are stored; beside them stand the place of each block along the sum and the beginnings, both worked out in the compiler.
/// </summary>
internal sealed class SparseSide
{
    private readonly Contraction contraction;
    private readonly BlockWalk walk;
    private readonly Flattened depth, columns;
    private readonly Axis? input;
    private readonly Ir.Buffer begins, places;

    private SparseSide(Contraction contraction, BlockWalk walk, Seq<Axis> order, long outputs, Axis? input)
    {
        (this.contraction, this.walk, this.input, depth, columns) = (contraction, walk, input, new(order), new(contraction.N));
        (Outputs, Inputs, BlockRows) = (outputs, walk.Size / outputs, Placement.Up(columns.Static, outputs));
        var name = contraction.Output.Buffer.Name;
        begins = new($"{name}.begins", Scalar.I32, [BlockRows + 1]);
        places = new($"{name}.places", depth.Static <= 1 << 16 ? Scalar.U16 : Scalar.I32, [walk.Count]);
        InputStride = input is null ? 0 : order.Reverse().TakeWhile(axis => axis != input).Aggregate(1L, (size, axis) => size * axis.Extent.Whole);
        Read = [.. walk.Whole.Parts().OfType<Load>().Where(load => load.At is [Call { Function: Function.Select }, _])];
    }

    /// <summary>Outputs of a block, <see cref="Inputs"/> its inputs.</summary>
    public long Outputs { get; }
    public long Inputs { get; }

    public long BlockRows { get; }

    /// <summary>Blocks that are kept.</summary>
    public long Count => walk.Count;

    /// <summary>How far the inputs of a block are apart along the sum.</summary>
    public long InputStride { get; }

    /// <summary>Reads of the list.</summary>
    private Seq<Load> Read { get; }

    /// <summary>Whether the numbers of the list are those that are multiplied.</summary>
    public bool IsPlain => contraction.B is Call && contraction.B == walk.Whole && ((Call)walk.Whole).Arguments[1] is Load { Buffer.Scalar: Scalar.F32 };

    /// <summary>Bytes that a run reads of the weight.</summary>
    public long Bytes => Read.Sum(load => load.Buffer.Scalar.Bytes(walk.Count * walk.Size)) + places.Scalar.Bytes(walk.Count) + 4 * (BlockRows + 1);

    /// <summary>Null where the side is in no blocks, or their rows do not follow one another.</summary>
    /// <param name="order">The summed axes as A lies in rows.</param>
    public static SparseSide? Find(Contraction contraction, Seq<Axis> order)
    {
        if (contraction is not { Batch.Count: 0, N.Count: > 0, Sum.Type: Scalar.F32 } || order.Concat(contraction.N).Any(axis => axis.Extent is not Number { Integer: > 0 }) || BlockWalk.Find(contraction.B) is not { } walk) return null;
        var columns = new Flattened(contraction.N);
        // Outputs that are in one block wherever it is: a block's; the rest of its numbers lie along one of the summed axes.
        (Seq<(Axis, Expr)> At, Axis Place) Output(long size) => (new Axis("o", Placement.Up(columns.Static, size)), new Axis("i", size)) is var (block, place) ? ([.. columns.At(block * size + place)], place) : default;
        (Seq<(Axis, Expr)> At, Axis Place) Input(Axis axis, long size) => (new Axis("o", axis.Extent.Whole / size), new Axis("i", size)) is var (block, place) ? ([(axis, block * size + place)], place) : default;
        bool Shares((Seq<(Axis, Expr)> At, Axis Place) apart) => !Placed(walk.IsKept, apart.At).Mentions(apart.Place);
        var outputs = Divisors(walk.Size).First(size => size == 1 || Shares(Output(size)));
        var (inputs, input) = (walk.Size / outputs, (Axis?)null);
        if (inputs > 1 && (input = order.FirstOrDefault(axis => axis.Extent.Whole % inputs == 0 && Shares(Input(axis, inputs)))) is null) return null;
        // Outputs of a block lie outside, inputs inside.
        var ((apart, r), (along, t)) = (Output(outputs), input is null ? ([], null) : Input(input, inputs));
        if (!Linear.ProvesEqual(Linear.Simplify(walk.Lane.Substitute([.. apart, .. along])), Linear.Simplify(t is null ? r : r * inputs + t))) return null;
        // Block rows follow one another, and the numbers of one lie together.
        var row = new Axis("b", Placement.Up(columns.Static, outputs));
        var block = Linear.Of(Linear.Simplify(walk.Block.Substitute(columns.At(row * outputs))));
        var (low, high) = Linear.Range(block.Where(atom => atom != (Expr)row, block.Constant).ToExpr());
        if (block.Terms.Keys.Any(atom => atom != (Expr)row && atom.Mentions(row)) || low < 0 || block[row] <= high && row.Extent.Whole > 1) return null;
        return new(contraction, walk, order, outputs, input);
    }

    /// <summary>The kernels that run once, in the compiler: where block rows begin, and where blocks lie along the sum.</summary>
    public IEnumerable<Kernel> Pack()
    {
        (Axis, Expr)[] At(Expr row, Func<Axis, Expr> index) => [.. columns.At(Linear.Simplify(row * Outputs)), .. depth.Axes.Select(axis => (axis, index(axis)))];
        yield return Kernel.Over(begins.Name, [begins], Do(
            For("b", BlockRows, row => begins.Set([row], Placed(walk.Rank, At(row, _ => 0)).As(Scalar.I32))),
            begins.Set([BlockRows], Number.Of(Scalar.I32, walk.Count))));
        Seq<Axis> steps = [.. depth.Axes.Select(axis => new Axis(axis.Name, axis == input ? axis.Extent.Whole / Inputs : axis.Extent.Whole))];
        var along = depth.Axes.Zip(steps).ToDictionary(p => p.First, p => p.First == input ? p.Second * Inputs : (Expr)p.Second);
        var flat = depth.Axes.Aggregate((Expr)0, (sum, axis) => Linear.Simplify(sum * axis.Extent + along[axis]));
        yield return Kernel.Over(places.Name, [places], For("b", BlockRows, row => Nest(LoopKind.For, steps,
            When(Placed(walk.IsKept, At(row, axis => along[axis])), places.Set([Placed(walk.Rank, At(row, axis => along[axis]))], flat.As(places.Scalar))))));
    }

    /// <summary>The first entry of a block row.</summary>
    public Expr Begin(Expr row) => begins[[row]].As(Scalar.I64);

    /// <summary>Where the first input of an entry lies along the sum.</summary>
    public Expr Place(Expr entry) => places[[entry]].As(Scalar.I64);

    /// <summary>What a machine step multiplies: whole numbers where both sides are, and neighbours of a block lie side by side.</summary>
    public SparseSteps Steps(Machine machine) => (InputStride == 1 ? SparseSteps.Wholes(contraction, walk, Inputs, machine) : null) ?? SparseSteps.Reals(contraction);

    /// <summary>The list of codes in 16 bits, so that two of them are read as one number of 32, and the kernel that makes it.</summary>
    public (Ir.Buffer List, Kernel Pack) Widened(Expr code)
    {
        var list = new Ir.Buffer($"{contraction.Output.Buffer.Name}.codes", Scalar.I16, [walk.Count, walk.Size]);
        return (list, Kernel.Over(list.Name, [list], For("e", walk.Count, e => For("l", walk.Size, l => list.Set([e, l], walk.Number(code, e, l, []).As(Scalar.I16))))));
    }

    /// <summary>A code as i32 at any place: 0 where none is kept.</summary>
    public Expr Code(Expr code) => Expr.Select(walk.IsKept, code.As(Scalar.I32), Number.Of(Scalar.I32, 0L));

    /// <summary>What is multiplied of an entry.</summary>
    /// <param name="formula">All of its number, or a part of it.</param>
    /// <param name="row">Its block row.</param>
    /// <param name="lane">Which of the block: outputs outside, inputs inside.</param>
    public Expr At(Expr formula, Expr row, Expr entry, Expr lane) => walk.Number(formula, entry, Linear.Simplify(lane),
        [.. columns.At(Linear.Simplify(Expr.Min(row * Outputs + lane / Inputs, columns.Extent - 1))), .. depth.At(Place(entry)).Select(p => p.Axis == input ? (p.Axis, p.Index + lane % Inputs) : p)]);

    /// <summary>A formula at a place, all of its indices in their normal form.</summary>
    private static Expr Placed(Expr formula, params IEnumerable<(Axis, Expr)> at) => formula.Substitute(at).Replace(part => part.Type == Scalar.I64 && part is not (Number or Axis or Symbol) && !part.Parts().Any(p => p is Load) ? Linear.Simplify(part) : null);

    private static IEnumerable<long> Divisors(long size) => Enumerable.Range(1, (int)size).Select(d => (long)d).Where(d => size % d == 0).OrderDescending();
}
