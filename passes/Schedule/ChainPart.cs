using Lathe.Ir;
using static Lathe.Ir.Stmts;
using static Lathe.Passes.Placement;

namespace Lathe.Passes;

/// <summary>All stages of a chain for so many rows. What a stage prepares without looking at rows, such as keys in panels, stands around all of them.</summary>
internal sealed class ChainPart
{
    private readonly List<Buffer> arrays = [], between = [];
    private readonly List<Stmt> before = [], inside = [];
    private readonly List<Scheduled> stages = [];
    private readonly Symbol[] products, firsts;
    private readonly Chain chain;
    private readonly Expr[] counts;
    private readonly Expr some, named;
    private readonly string suffix;

    /// <summary>What all parts of a chain are made of.</summary>
    /// <param name="Kernel">All of it, as lowered.</param>
    /// <param name="Batch">Extents of the loops around rows.</param>
    /// <param name="TileRows">Most rows that the last stage makes at once.</param>
    /// <param name="Constants">As of <see cref="Scheduler.Schedule"/>.</param>
    /// <param name="MostError">As of <see cref="Scheduler.Schedule"/>.</param>
    public sealed record Chain(Kernel Kernel, Seq<Stmt> Stages, Seq<ChainLink> Links, Seq<Expr> Batch, ChainRows Rows, long TileRows, Machine Machine, IReadOnlySet<string> Constants, double MostError);

    /// <param name="some">Rows of the last stage.</param>
    /// <param name="isRest">Whether it runs beside another part, for fewer rows: its arrays get other names.</param>
    public ChainPart(Chain chain, Expr some, bool isRest)
    {
        // What only a run knows has a name while stages are scheduled.
        (this.chain, this.some, named, suffix) = (chain, some, some is Number ? some : Symbol.Of("rest", 1, chain.TileRows - 1), isRest ? "r" : "");
        counts = chain.Rows.Counts(named);
        products = [.. chain.Batch.Select((extent, i) => (Symbol)Symbol.Of(FormattableString.Invariant($"at{i}"), 0, extent is Number n ? n.Integer - 1 : Symbol.Unbounded))];
        // One name where all stages begin at the same row.
        firsts = [.. counts.Select((count, i) => (Symbol)Symbol.Of(chain.Rows.Between.Count == 0 ? "row" : FormattableString.Invariant($"row{i + 1}"), 0, Linear.Simplify(chain.Rows.Extents[i] - count) is Number n ? n.Integer : Symbol.Unbounded))];
        foreach (var i in Enumerable.Range(0, counts.Length))
        {
            var locals = chain.Links.Select(link => Local(link, i)).ToSeq();
            if (i == 0) between.AddRange(locals.Select(l => l.Scratch));
            stages.Add(Stage(i, locals));
            inside.Add(Split(Inlined(stages[i], locals, FormattableString.Invariant($"{i + 1}"))));
        }
        inside.InsertRange(0, chain.Rows.Between.Where(passed => passed.Window.Outside is not null).SelectMany(Missing));
    }

    /// <summary>Of one part.</summary>
    public Pace Pace => stages.Select(s => s.Pace).Aggregate((a, b) => a + b);

    public IEnumerable<Kernel> Once => stages.SelectMany(s => s.Once).Select(once => once.Over(once.Name + suffix, once.Outputs.ToDictionary(b => b, b => BufferAccess.To(Packed(b)))));

    public string Templates => string.Join("; ", stages.Select(s => s.Template));

    /// <summary>What is prepared once, around statements that run the part.</summary>
    /// <param name="at">Which product of the batch it is.</param>
    public Stmt Around(Expr[] at, Stmt all) => arrays.Aggregate(Placed(Do(before), at, 0) is Block { Steps.Count: 0 } ? all : Do(Placed(Do(before), at, 0), all), (body, array) => new Scratch(array, body));

    /// <param name="at">Which product of the batch it is.</param>
    /// <param name="row">The first row of the last stage.</param>
    public Stmt Run(Expr[] at, Expr row) => between.Aggregate(Placed(Do(inside), at, row), (body, array) => new Scratch(array, body));

    /// <summary>Weights of a stage, packed: the rest may have another template, and have them packed otherwise.</summary>
    private Buffer Packed(Buffer buffer) => buffer with { Name = buffer.Name + suffix };

    private Stmt Placed(Stmt stmt, Expr[] at, Expr row)
    {
        var known = new Dictionary<Symbol, Expr>(products.Zip(at, KeyValuePair.Create));
        if (named is Symbol rest) known[rest] = some;
        var starts = chain.Rows.Starts(row, counts);
        for (var i = 0; i < starts.Length; i++) known[firsts[i]] = starts[i];
        foreach (var passed in chain.Rows.Between.Where(p => p.Window.Slides)) known[Shift(passed)] = Linear.Simplify(starts[passed.From] - ChainRows.First(passed, starts[passed.To]) + chain.Rows.RoomOf(passed, counts).First);
        return KnownDimensions.In(Kernel.Over("part", [], stmt), known).Body;
    }

    /// <summary>At which row of the array the first lies that its stage makes.</summary>
    private Symbol Shift(ChainRows.Passed passed) => (Symbol)Symbol.Of(FormattableString.Invariant($"shift{passed.From + 1}"), 0, chain.Rows.RoomOf(passed, counts) is var room ? room.First + room.Before : 0);

    /// <summary>An array as a stage sees it.</summary>
    private ChainLocal Local(ChainLink link, int stage)
    {
        if (chain.Rows.Between.FirstOrDefault(p => p.Link == link) is not { } passed) return link.Local(counts[^1] is Number n ? n.Integer : chain.TileRows, firsts[stage], chain.Machine);
        var room = chain.Rows.RoomOf(passed, counts);
        var first = !passed.Window.Slides ? firsts[stage] : stage == passed.From ? firsts[stage] - Shift(passed) : ChainRows.First(passed, firsts[stage]) - room.First;
        return link.Local(room.Rows, first, chain.Machine, passed.Window.Outside is not null);
    }

    /// <summary>A stage scheduled as a kernel of its own for its rows.</summary>
    private Scheduled Stage(int index, Seq<ChainLocal> locals)
    {
        var loops = RowChain.Loops(chain.Stages[index]);
        var lead = loops.Take(products.Length + 1).ToList();
        var body = For(lead[^1].Name, counts[index], row => RowChain.Inside(chain.Stages[index], lead.Count).Map(e => e.Placed(lead.Select((axis, i) => (axis, i == lead.Count - 1 ? firsts[index] + row : (Expr)products[i])))));
        return Scheduled(Kernel.Over("stage", [], body).Over("stage", locals.ToDictionary(l => l.Link.Buffer, l => l.Access)).Body, FormattableString.Invariant($"{index + 1}"));
    }

    private Scheduled Scheduled(Stmt body, string name)
    {
        var output = body.All.OfType<Store>().Select(s => s.Buffer).First(b => b.Space == Space.Argument);
        return Scheduler.Schedule(Kernel.Over($"{chain.Kernel.Name}.{name}", [output], body), chain.Machine, chain.Constants, chain.MostError);
    }

    /// <summary>Stores what a window reads before the first row and behind the last.</summary>
    private IEnumerable<Stmt> Missing(ChainRows.Passed passed)
    {
        var (room, local) = (chain.Rows.RoomOf(passed, counts), Local(passed.Link, passed.To));
        var place = (Symbol)Symbol.Of("place", 0, room.Rows - 1);
        var axes = local.Argument.Shape.Select((extent, i) => new Axis(FormattableString.Invariant($"i{i}"), extent)).ToList();
        var row = Nest(LoopKind.For, axes.Where((_, i) => i != passed.Window.Axis), local.Argument.Set([.. axes.Select((axis, i) => i == passed.Window.Axis ? (Expr)place : axis)], passed.Window.Outside!));
        var fill = Inlined(Scheduled(row, FormattableString.Invariant($"{passed.From + 1}.edge")), [local], FormattableString.Invariant($"{passed.From + 1}e"));
        // Which row of the tensor lies first in the window.
        var first = Linear.Simplify(firsts[passed.From] - Shift(passed) + room.First);
        Stmt Rows(long from, long count, Func<Expr, Expr> lies) => For("edge", count, j => When(Linear.Decided(lies(first + (j + from))), KnownDimensions.In(Kernel.Over("edge", [], fill), new Dictionary<Symbol, Expr> { [place] = Linear.Simplify(j + from + room.First) }).Body));
        if (room.Before > 0) yield return Rows(0, Math.Min(room.Before, room.Read), at => at < 0);
        if (room.Behind > 0) yield return Rows(Math.Max(0, room.Read - room.Behind), Math.Min(room.Behind, room.Read), at => at >= chain.Rows.Extents[passed.From]);
    }

    /// <summary>A scheduled stage as a part of the chain, its arrays and loops those of the chain.</summary>
    private Stmt Inlined(Scheduled scheduled, Seq<ChainLocal> locals, string name)
    {
        var accesses = scheduled.Kernel.Body.All.OfType<Scratch>().Select(s => s.Buffer).Distinct().ToDictionary(b => b, b => BufferAccess.To(b with { Name = $"{b.Name}.{name}{suffix}" }));
        foreach (var local in locals) accesses[local.Argument] = BufferAccess.To(local.Scratch);
        foreach (var packed in scheduled.Once.SelectMany(once => once.Outputs)) accesses[packed] = BufferAccess.To(Packed(packed));
        return Serial(scheduled.Kernel.Over(scheduled.Kernel.Name, accesses).Body);
    }

    /// <summary>Takes from the front of a stage the arrays of its own and what fills them, as long as no row is mentioned; what is left.</summary>
    private Stmt Split(Stmt stmt)
    {
        var own = new List<Buffer>();
        var at = stmt;
        for (; at is Scratch { Buffer.Space: Space.Arena } s; at = s.Body) own.Add(s.Buffer);
        if (at is not Block { Steps: var steps }) return stmt;
        var fills = steps.TakeWhile(step => !step.All.SelectMany(s => s.Own).Any(e => e.Parts().Any(firsts.Contains)) && step.All.OfType<Store>().All(s => own.Contains(s.Buffer)) && step.Loads.All(l => l.Buffer.Space == Space.Argument)).ToList();
        var filled = fills.SelectMany(f => f.All).OfType<Store>().Select(s => s.Buffer).ToHashSet();
        // What is stored to again, as sums that begin at 0 are, must begin anew for each part of the rows.
        if (fills.Count == 0 || steps.Skip(fills.Count).SelectMany(s => s.All).OfType<Store>().Any(s => filled.Contains(s.Buffer))) return stmt;
        arrays.AddRange(filled);
        before.AddRange(fills);
        return own.Where(b => !filled.Contains(b)).Reverse().Aggregate(Do(steps.Skip(fills.Count)), (body, array) => new Scratch(array, body));
    }

    private static Stmt Serial(Stmt stmt) => stmt switch
    {
        Loop l => new Loop(l.Kind == LoopKind.Parallel ? LoopKind.For : l.Kind, l.Axis, Serial(l.Body)),
        Block b => new Block([.. b.Steps.Select(Serial)]),
        Scratch s => new Scratch(s.Buffer, Serial(s.Body)),
        Guard g => new Guard(g.Condition, Serial(g.Body)),
        _ => stmt,
    };
}
