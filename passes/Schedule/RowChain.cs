using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// Stages of one kernel that follow one another row by row: what one makes of a row only that row of the next reads. They run for a few rows at a time,
/// so that what lies between stays in the second cache: attention without its matrix of scores, a normalization with the product behind it.
/// </summary>
/// <remarks>
/// Each stage is a lowered kernel and is scheduled as one, for so many rows from a place that a symbol stands for. Unlike FlashAttention (arXiv 2205.14135)
/// whole rows are there when they are summed, so nothing is rescaled and results are those of the steps one by one.
/// </remarks>
internal sealed class RowChain
{
    /// <summary>Rows from which a product is about as fast as one of many.</summary>
    private const int FewestRows = 64;

    private readonly Kernel kernel;
    private readonly Machine machine;
    private readonly Seq<Stmt> stages;
    private readonly Seq<ChainLink> links;

    /// <summary>Loops that all stages have around them, the last the rows that are cut, by their extents.</summary>
    private readonly Seq<Expr> lead;

    private RowChain(Kernel kernel, Machine machine, Seq<Stmt> stages, Seq<ChainLink> links, Seq<Expr> lead)
    {
        (this.kernel, this.machine, this.stages, this.links, this.lead) = (kernel, machine, stages, links, lead);
        RowBytes = links.Sum(link => link.RowBytes);
        var fitting = Math.Min(Rows, Math.Max(FewestRows, machine.Level2 / 2 / Math.Max(1, RowBytes)));
        // Parts of one size where there are such: what is left has kernels of its own.
        TileRows = Enumerable.Range(0, (int)fitting / 2).Select(less => fitting - less).FirstOrDefault(rows => Rows % rows == 0, Up(Rows, Up(Rows, fitting)));
    }

    /// <summary>Rows of one product of the batch.</summary>
    private long Rows => lead[^1].Whole;

    /// <summary>Rows that run through all stages at once; the last time fewer may be left.</summary>
    private long TileRows { get; }

    /// <summary>Into how many parts rows are cut.</summary>
    private long Tiles => Up(Rows, TileRows);

    /// <summary>Bytes between stages for one row.</summary>
    private long RowBytes { get; }

    /// <summary>The chain that a kernel is; null where it is none.</summary>
    /// <param name="kernel">As lowered: arrays in the arena around its stages.</param>
    public static RowChain? Find(Kernel kernel, Machine machine)
    {
        var (between, body) = (new List<Buffer>(), kernel.Body);
        for (; body is Scratch { Buffer.Space: Space.Arena } s; body = s.Body) between.Add(s.Buffer);
        if (between.Count == 0 || body is not Block { Steps: var stages } || kernel.Outputs.Count != 1) return null;
        var loops = stages.Select(Loops).ToList();
        var lead = new List<Expr>();
        var links = between.ConvertAll(buffer => new ChainLink(buffer));
        // A row is more than one number: of a nest around one store the innermost loop runs along it.
        var room = stages.Zip(loops).Min(p => p.Second.Count - (Inside(p.First, p.Second.Count) is Store ? 1 : 0));
        for (var depth = 0; depth < room && loops.TrueForAll(l => Linear.ProvesEqual(l[depth].Extent, loops[0][depth].Extent)) && links.TrueForAll(link => link.Follows(stages, loops, depth)); depth++)
            lead.Add(loops[0][depth].Extent);
        if (lead.Count == 0 || lead[^1] is not Number || !links.TrueForAll(link => link.IsKnown(lead.Count))) return null;
        // What else a loop inside a stage depends on must not be a row.
        if (stages.Zip(loops).Any(p => p.First.All.OfType<Loop>().Any(l => p.Second.Take(lead.Count).Any(l.Axis.Extent.Mentions)))) return null;
        return new(kernel, machine, stages, [.. links], [.. lead]);
    }

    /// <summary>
    /// Whether running some rows at a time saves more than it costs: bytes between stages that would be written and read beyond the caches,
    /// against those that stages read whole, such as keys and values, and read again for each part of the rows.
    /// </summary>
    /// <param name="objective">For speed what lies between must leave the last cache (measured: in it, runs take as long either way); for size the second.</param>
    public bool Pays(Objective objective, out string why)
    {
        var batch = lead.Take(lead.Count - 1).Aggregate(1.0, (size, extent) => size * Sizes.Guess(extent));
        var whole = batch * Rows * RowBytes;
        var again = stages.Sum(stage => Again(stage, batch));
        why = FormattableString.Invariant($"{TileRows} of {Rows} rows at a time keep {TileRows * RowBytes / 1024.0:0} KiB between {stages.Count} steps in the second cache, of {whole / 1024:0}");
        return whole > (objective == Objective.Speed ? machine.Level3 : machine.Level2) && Rows > 1 && 2 * whole > again;
    }

    /// <summary>Bytes of arguments that a stage reads more than once: what all rows share for each part of them, and what products of the batch share, such as the input of a convolution's channels, for each product.</summary>
    private double Again(Stmt stage, double batch)
    {
        var around = Loops(stage).Take(lead.Count).ToList();
        return stage.Loads.Where(l => l.Buffer.Space == Space.Argument).Distinct().Sum(l =>
        {
            double Size(IEnumerable<Axis> axes) => axes.Aggregate(1.0, (size, axis) => size * Sizes.Guess(axis.Extent));
            var inner = l.Buffer.Scalar.Bits / 8.0 * Size(l.Parts().OfType<Axis>().Distinct().Except(around));
            return inner * (batch * (l.Mentions(around[^1]) ? Rows : Tiles) - Size(around.Where(l.Mentions)));
        });
    }

    /// <summary>The chain in its fast form.</summary>
    /// <param name="constants">Names of input buffers that are weights.</param>
    /// <param name="mostError">As of <see cref="Scheduler.Schedule"/>.</param>
    public Scheduled Schedule(IReadOnlySet<string> constants, double mostError)
    {
        var around = new Flattened([.. lead.Take(lead.Count - 1).Select((extent, i) => new Axis($"a{i}", extent))]);
        var (full, rest) = (Rows / TileRows, Rows % TileRows);
        ChainPart[] parts = [.. new[] { TileRows, rest }.Where(rows => rows > 0).Select(rows => new ChainPart(stages.Select((stage, i) => Scheduled(stage, i, rows, constants, mostError)).ToSeq(), rows == rest))];
        // What the rows of one product of the batch share is packed once for each of its chunks: few, where products alone keep threads busy.
        var chunks = around.Static == 0 ? 1 : Math.Clamp(machine.Tasks / 2 / around.Static, 1, full);
        var each = Up(full, chunks);
        var body = machine.Shared("u", Linear.Simplify(around.Extent * chunks), unit =>
        {
            Expr[] at = [.. around.At(Linear.Simplify(unit / chunks)).Reverse().Select(p => p.Index)];
            var chunk = Linear.Simplify(unit % chunks);
            Stmt Tile(ChainPart part, Expr tile) => part.Run([.. at, Linear.Simplify(tile * TileRows)]);
            var tiles = For("t", each, t => Linear.Simplify(chunk * each + t) is var tile && full % chunks == 0 ? Tile(parts[0], tile) : When(tile < full, Tile(parts[0], tile)));
            return parts.Aggregate(rest == 0 ? tiles : Do(tiles, When(Expr.Same(chunk, chunks - 1), Tile(parts[1], full))), (inside, part) => part.Around(at, inside));
        });
        var times = around.Axes.Aggregate(1.0, (size, axis) => size * Sizes.Guess(axis.Extent));
        var pace = parts.Select((part, i) => part.Pace * (times * (i == 0 ? full : 1))).Aggregate((a, b) => a + b);
        return new(Kernel.Over(kernel.Name, kernel.Outputs, body), [.. parts.SelectMany(p => p.Once).DistinctBy(k => k.Name)], FormattableString.Invariant($"chain: {TileRows} of {Rows} rows at a time: {parts[0].Templates}"), pace);
    }

    /// <summary>A stage scheduled as a kernel of its own for some rows.</summary>
    private ChainStage Scheduled(Stmt stage, int index, long rows, IReadOnlySet<string> constants, double mostError)
    {
        Symbol[] places = [.. lead.Select((extent, i) => (Symbol)Symbol.Of(i == lead.Count - 1 ? "row" : $"at{i}", 0, i == lead.Count - 1 ? Rows - rows : extent is Number n ? n.Integer - 1 : Symbol.Unbounded))];
        var locals = links.Select(link => link.Local(lead.Count, rows, places, machine)).ToSeq();
        var (loops, inside) = (Loops(stage), Inside(stage, lead.Count));
        var body = For(loops[lead.Count - 1].Name, rows, row => inside.Map(e => e.Placed(loops.Take(lead.Count).Select((axis, i) => (axis, i == lead.Count - 1 ? places[i] + row : (Expr)places[i])))));
        var cut = Kernel.Over("stage", [], body).Over("stage", locals.ToDictionary(l => l.Link.Buffer, l => l.Access));
        var output = cut.Body.All.OfType<Store>().Select(s => s.Buffer).First(b => b.Space == Space.Argument);
        return new(Scheduler.Schedule(Kernel.Over(FormattableString.Invariant($"{kernel.Name}.{index + 1}"), [output], cut.Body), machine, constants, mostError), places, locals);
    }

    private static Stmt Inside(Stmt stmt, int loops) => loops == 0 ? stmt : Inside(((Loop)stmt).Body, loops - 1);

    private static List<Axis> Loops(Stmt stmt)
    {
        var axes = new List<Axis>();
        for (; stmt is Loop { Kind: LoopKind.For } l; stmt = l.Body) axes.Add(l.Axis);
        return axes;
    }
}
