using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>
/// Stages of one kernel that follow one another row by row: what one makes of a row only that row of the next reads, or windows of rows that slide. They run for a few rows at a time,
/// so that what lies between stays in the second cache: attention without its matrix of scores, a normalization with the product behind it, blocks of convolutions.
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

    /// <summary>Extents of the loops that all stages have around that over rows.</summary>
    private readonly Seq<Expr> batch;

    private readonly ChainRows rows;

    private RowChain(Kernel kernel, Machine machine, Seq<Stmt> stages, Seq<ChainLink> links, Seq<Expr> batch, ChainRows rows)
    {
        (this.kernel, this.machine, this.stages, this.links, this.batch, this.rows) = (kernel, machine, stages, links, batch, rows);
        // What does not depend on what lies beside it is summed for many rows at once; of images one row is that.
        if (IsOpen)
        {
            TileRows = FewestRows;
            return;
        }
        var fitting = rows.Between.Count == 0 ? Math.Min(Rows, Math.Max(FewestRows, machine.Level2 / 2 / Math.Max(1, BytesOf(1))))
            : Enumerable.Range(2, (int)Math.Min(Rows, int.MaxValue / 2)).TakeWhile(some => BytesOf(some) <= machine.Level2 / 2 && some <= Rows).Prepend(1).Max();
        // A run may have one product alone, of which threads then take parts.
        if (batch.Any(extent => extent is not Number)) fitting = Math.Min(fitting, Math.Max(1, Up(Rows, Up(Shares.FewestParts, Products))));
        // Parts of one size where there are such: what is left has kernels of its own.
        TileRows = Enumerable.Range(0, (int)fitting / 2).Select(less => fitting - less).FirstOrDefault(some => Rows % some == 0, Up(Rows, Up(Rows, fitting)));
    }

    /// <summary>Products of the batch that there are for certain; how many more is for a run to say.</summary>
    private long Products => batch.OfType<Number>().Aggregate(1L, (size, extent) => size * Math.Max(1, extent.Integer));

    /// <summary>Rows of one product of the batch, as far as that is known.</summary>
    private long Rows => Sizes.Guess(Extent);

    private Expr Extent => rows.Extents[^1];

    /// <summary>Whether only a run knows how many rows there are, as for attention over a text of any length: what lies between grows with the square of it.</summary>
    public bool IsOpen => Extent is not Number;

    /// <summary>Rows that run through all stages at once; the last time fewer may be left.</summary>
    private long TileRows { get; }

    /// <summary>Into how many parts rows are cut.</summary>
    private long Tiles => Up(Rows, TileRows);

    /// <summary>How many loops all stages have around them, that over rows the last.</summary>
    private int Depth => batch.Count + 1;

    /// <summary>Bytes between stages for so many rows.</summary>
    private long BytesOf(long some)
    {
        if (rows.Between.Count == 0) return some * links.Sum(link => link.RowBytes);
        var counts = rows.Counts(some);
        return rows.Between.Sum(passed => rows.RoomOf(passed, counts).Rows * passed.Link.RowBytes);
    }

    /// <summary>Whether parts overlap: neighbours make some rows twice.</summary>
    public bool Slides => rows.Slides;

    /// <summary>Bytes of all arrays between stages, whole.</summary>
    public double Between => Times * (rows.Between.Count == 0 ? BytesOf(Rows) : rows.Between.Sum(passed => (double)rows.Extents[passed.From].Whole * passed.Link.RowBytes));

    private double Times => batch.Aggregate(1.0, (size, extent) => size * Sizes.Guess(extent));

    /// <summary>The chain that a kernel is; null where it is none.</summary>
    /// <param name="kernel">As lowered: arrays in the arena around its stages.</param>
    public static RowChain? Find(Kernel kernel, Machine machine)
    {
        var (between, body) = (new List<Buffer>(), kernel.Body);
        for (; body is Scratch { Buffer.Space: Space.Arena } s; body = s.Body) between.Add(s.Buffer);
        if (between.Count == 0 || body is not Block { Steps: var stages } || kernel.Outputs.Count != 1) return null;
        Seq<ChainLink> sliding = [.. between.Select(buffer => new ChainLink(buffer))], links = [.. between.Select(buffer => new ChainLink(buffer))];
        var (found, lead) = (SlidingRows.Find(stages, sliding), Along(stages, links));
        // Of rows in one place of all stages and rows that windows slide over: those that are the shorter, and windows first.
        var isSliding = found is { } other && (other.Rows.Slides || other.Batch.Count >= lead.Count);
        if (!isSliding && lead.Count > 0 && (lead[^1] is Number ? links.All(link => link.IsKnown) : links.Any(link => link.GrowsWith(lead[^1]))) && CanCut(stages, links))
            return new(kernel, machine, stages, links, [.. lead.SkipLast(1)], new([.. stages.Select(_ => lead[^1])], []));
        return found is var (nests, batch, rows) && sliding.All(link => link.IsKnown) && CanCut(nests, sliding) ? new(kernel, machine, nests, sliding, batch, rows) : null;

        // What else a loop inside a stage depends on must not be a row.
        bool CanCut(Seq<Stmt> nests, Seq<ChainLink> links) => links.All(link => link.HasWholeBytes) && !nests.Any(nest => nest.All.OfType<Loop>().Any(l => Loops(nest).Take(links[0].Depth).Any(l.Axis.Extent.Mentions)));
    }

    /// <summary>The extents of the loops that all stages have around them, each number of an array made and read in the same rounds of all.</summary>
    private static List<Expr> Along(Seq<Stmt> stages, Seq<ChainLink> links)
    {
        var (loops, lead) = (stages.Select(Loops).ToList(), new List<Expr>());
        // A row is more than one number: of a nest around one store the innermost loop runs along it.
        var room = stages.Zip(loops).Min(p => p.Second.Count - (Inside(p.First, p.Second.Count) is Store ? 1 : 0));
        for (var depth = 0; depth < room && loops.TrueForAll(l => Linear.ProvesEqual(l[depth].Extent, loops[0][depth].Extent)) && links.All(link => link.Follows(stages, loops, depth)); depth++)
            lead.Add(loops[0][depth].Extent);
        foreach (var link in links) link.Keep(lead.Count);
        return lead;
    }

    /// <summary>Bytes that must lie between stages. For speed they leave what is near (measured: in a last cache that is, runs take as long either way); for size the second cache.</summary>
    public static long Least(Machine machine, Objective objective) => objective == Objective.Speed ? machine.Near : machine.Level2;

    /// <summary>
    /// Whether running some rows at a time saves more than it costs: bytes between stages that would be written and read beyond the caches,
    /// against those that stages read whole, such as keys and values, and read again for each part of the rows.
    /// </summary>
    public bool Pays(Objective objective, out string why)
    {
        var (times, whole) = (Times, Between);
        var again = stages.Index().Sum(stage => Again(stage.Item, Sizes.Guess(rows.Extents[stage.Index]), times));
        var overlap = rows.Slides ? ", of which neighbours make some twice" : "";
        why = FormattableString.Invariant($"{TileRows} of {Rows} rows at a time keep {BytesOf(TileRows) / 1024.0:0} KiB between {stages.Count} steps in the second cache, of {whole / 1024:0}{overlap}");
        if (IsOpen) why = FormattableString.Invariant($"{TileRows} of {Extent} rows at a time: what lies between {stages.Count} steps grows with them, not with their square");
        return (IsOpen || whole > Least(machine, objective)) && Rows > 1 && 2 * whole > again;
    }

    /// <summary>Bytes of arguments that a stage reads more than once: what all rows share for each part of them, and what products of the batch share, such as the input of a convolution's channels, for each product.</summary>
    private double Again(Stmt stage, long extent, double times)
    {
        var around = Loops(stage).Take(Depth).ToList();
        return stage.Loads.Where(l => l.Buffer.Space == Space.Argument).Distinct().Sum(l =>
        {
            double Size(IEnumerable<Axis> axes) => axes.Aggregate(1.0, (size, axis) => size * Sizes.Guess(axis.Extent));
            var inner = l.Buffer.Scalar.Bits / 8.0 * Size(l.Parts().OfType<Axis>().Distinct().Except(around));
            return inner * (times * (l.Mentions(around[^1]) ? extent : Tiles) - Size(around.Where(l.Mentions)));
        });
    }

    /// <summary>The chain in its fast form.</summary>
    /// <param name="constants">Names of input buffers that are weights.</param>
    /// <param name="mostError">As of <see cref="Scheduler.Schedule"/>.</param>
    public Scheduled Schedule(IReadOnlySet<string> constants, double mostError)
    {
        var around = new Flattened([.. batch.Select((extent, i) => new Axis($"a{i}", extent))]);
        var (full, rest) = (Linear.Simplify(Extent / TileRows), Linear.Simplify(Extent % TileRows));
        var chain = new ChainPart.Chain(kernel, stages, links, batch, rows, TileRows, machine, constants, mostError);
        List<ChainPart> parts = [new(chain, TileRows, isRest: false)];
        if (rest is not Number { Integer: 0 }) parts.Add(new(chain, rest, isRest: true));
        // What the rows of one product of the batch share is packed once for each of its chunks: few, where products alone keep threads busy.
        var chunks = full is not Number { Integer: > 0 and var most } ? 1 : Math.Clamp(machine.Tasks / 2 / Products, 1, most);
        var each = Linear.Simplify((full + (chunks - 1)) / chunks);
        var body = machine.Shared("u", Linear.Simplify(around.Extent * chunks), unit =>
        {
            Expr[] at = [.. around.At(Linear.Simplify(unit / chunks)).Reverse().Select(p => p.Index)];
            var chunk = Linear.Simplify(unit % chunks);
            Stmt Tile(ChainPart part, Expr tile) => part.Run(at, Linear.Simplify(tile * TileRows));
            var tiles = For("t", each, t =>
            {
                var tile = Linear.Simplify(chunk * each + t);
                return When(Linear.Decided(tile < full), Tile(parts[0], tile));
            });
            var last = parts.Count == 1 ? new Block([]) : When(Linear.Decided(Expr.Same(chunk, chunks - 1)), When(Linear.Decided(0 < rest), Tile(parts[1], full)));
            return parts.AsEnumerable().Aggregate(Do(tiles, last), (inside, part) => part.Around(at, inside));
        });
        var times = around.Axes.Aggregate(1.0, (size, axis) => size * Sizes.Guess(axis.Extent));
        var pace = parts.Select((part, i) => part.Pace * (times * (i == 0 ? Math.Max(1, Rows / TileRows) : Math.Min(1, Rows % TileRows)))).Aggregate((a, b) => a + b);
        return new(Kernel.Over(kernel.Name, kernel.Outputs, body), [.. parts.SelectMany(p => p.Once).DistinctBy(k => k.Name)], FormattableString.Invariant($"chain: {TileRows} of {Extent} rows at a time: {parts[0].Templates}"), pace);
    }

    internal static Stmt Inside(Stmt stmt, int loops) => loops == 0 ? stmt : Inside(((Loop)stmt).Body, loops - 1);

    internal static List<Axis> Loops(Stmt stmt)
    {
        var axes = new List<Axis>();
        for (; stmt is Loop { Kind: LoopKind.For } l; stmt = l.Body) axes.Add(l.Axis);
        return axes;
    }
}
