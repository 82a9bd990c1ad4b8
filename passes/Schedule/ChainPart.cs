using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>A stage of a <see cref="RowChain"/>, scheduled for so many rows.</summary>
/// <param name="Places">Symbols for where its rows lie, the first row last.</param>
/// <param name="Locals">What stands for the arrays between stages.</param>
internal sealed record ChainStage(Scheduled Scheduled, Symbol[] Places, Seq<ChainLocal> Locals);

/// <summary>All stages of a chain for so many rows. What a stage prepares without looking at rows, such as keys in panels, stands around all of them.</summary>
internal sealed class ChainPart
{
    private readonly List<Buffer> arrays = [];
    private readonly List<Stmt> before = [], inside = [];
    private readonly Seq<ChainStage> stages;

    /// <param name="isRest">Whether it runs beside another part, for fewer rows: its arrays get other names.</param>
    public ChainPart(Seq<ChainStage> stages, bool isRest)
    {
        this.stages = stages;
        foreach (var (i, stage) in stages.Index())
        {
            var kernel = stage.Scheduled.Kernel;
            var accesses = kernel.Body.All.OfType<Scratch>().Select(s => s.Buffer).Distinct().ToDictionary(b => b, b => BufferAccess.To(b with { Name = $"{b.Name}.{i + 1}{(isRest ? "r" : "")}" }));
            foreach (var local in stage.Locals) accesses[local.Argument] = BufferAccess.To(local.Scratch);
            inside.Add(Split(Serial(kernel.Over(kernel.Name, accesses).Body), stage.Places[^1]));
        }
    }

    /// <summary>Of one part.</summary>
    public Pace Pace => stages.Select(s => s.Scheduled.Pace).Aggregate((a, b) => a + b);

    public IEnumerable<Kernel> Once => stages.SelectMany(s => s.Scheduled.Once);

    public string Templates => string.Join("; ", stages.Select(s => s.Scheduled.Template));

    /// <summary>What is prepared once, around statements that run the part.</summary>
    /// <param name="at">Which product of the batch it is.</param>
    public Stmt Around(Expr[] at, Stmt all) => arrays.Aggregate(Placed(Do(before), at) is Block { Steps.Count: 0 } ? all : Do(Placed(Do(before), at), all), (body, array) => new Scratch(array, body));

    /// <param name="at">Which product of the batch it is, and the first row.</param>
    public Stmt Run(Expr[] at) => stages[0].Locals.Aggregate(Placed(Do(inside), at), (body, local) => new Scratch(local.Scratch, body));

    private Stmt Placed(Stmt stmt, Expr[] at) => KnownDimensions.In(Kernel.Over("part", [], stmt), stages[0].Places.Zip(at).ToDictionary(p => p.First, p => p.Second)).Body;

    /// <summary>Takes from the front of a stage the arrays of its own and what fills them, as long as no row is mentioned; what is left.</summary>
    private Stmt Split(Stmt stmt, Symbol row)
    {
        var own = new List<Buffer>();
        var at = stmt;
        for (; at is Scratch { Buffer.Space: Space.Arena } s; at = s.Body) own.Add(s.Buffer);
        if (at is not Block { Steps: var steps }) return stmt;
        var fills = steps.TakeWhile(step => !step.All.SelectMany(s => s.Own).Any(e => e.Parts().Contains(row)) && step.All.OfType<Store>().All(s => own.Contains(s.Buffer)) && step.Loads.All(l => l.Buffer.Space == Space.Argument)).ToList();
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
