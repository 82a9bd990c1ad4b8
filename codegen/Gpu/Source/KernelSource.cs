using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A mapped kernel as text: a method for each launch, and what the host does with them.</summary>
internal sealed class KernelSource
{
    private readonly Kernel kernel;
    private readonly ScratchLayout layout;
    private readonly bool threadsTakeTurns;
    private readonly List<(Axis Axis, string Name)> rounds = [];
    private readonly List<Scratch> around = [];
    private readonly KernelLanguage language;

    /// <param name="kernel">As <see cref="Passes.GridMapping"/> leaves it.</param>
    /// <param name="name">Of the class.</param>
    /// <param name="threadsTakeTurns">Whether one thread plays a group's.</param>
    public KernelSource(Kernel kernel, string name, KernelLanguage language, bool threadsTakeTurns = false)
    {
        (this.kernel, Name, layout, this.language, this.threadsTakeTurns) = (kernel, name, ScratchLayout.Of(kernel), language, threadsTakeTurns);
        Arguments = [.. kernel.Inputs, .. kernel.Outputs];
        Steps = [.. Walk(kernel.Body)];
        ScratchBytes = layout.Bytes;
    }

    public Kernel Kernel => kernel;
    public string Name { get; }

    /// <summary>Its launches, in the order of their numbers.</summary>
    public List<LaunchPart> Parts { get; } = [];

    /// <summary>What a launch is made of.</summary>
    public LaunchPart Part(LaunchOnce launch) => Parts[launch.Number];

    public Seq<Buffer> Arguments { get; }
    public Seq<LaunchStep> Steps { get; }
    public Expr ScratchBytes { get; }

    /// <summary>The launches as text.</summary>
    public List<LaunchText> Launches { get; } = [];

    /// <summary>The kernel as a reader or a compiler takes it.</summary>
    public string Text => language.Kernel(Name, kernel.Name.Replace('\n', ' '), Launches.Select(launch => language.Method(Name, launch)));

    private IEnumerable<LaunchStep> Walk(Stmt stmt)
    {
        switch (stmt)
        {
            case Loop { Kind: LoopKind.Parallel } grid: return [Launch(grid)];
            case Block block: return Sequence(block.Steps);
            case Loop loop when HasGrid(loop):
                rounds.Add((loop.Axis, Identifiers.Plain(loop.Axis.Name)));
                Seq<LaunchStep> body = [.. Walk(loop.Body)];
                rounds.RemoveAt(rounds.Count - 1);
                return [new LaunchRounds(loop.Axis, body)];
            case Scratch { Buffer.Space: Space.Arena } scratch when HasGrid(scratch):
                around.Add(scratch);
                var inside = Walk(scratch.Body).ToList();
                around.Remove(scratch);
                return inside;
            default: return [Launch(stmt)];
        }
    }

    /// <summary>Statements without a grid that follow one another are one launch.</summary>
    private List<LaunchStep> Sequence(Seq<Stmt> steps)
    {
        var (all, alone) = (new List<LaunchStep>(), new List<Stmt>());
        foreach (var step in steps)
        {
            if (!HasGrid(step)) { alone.Add(step); continue; }
            Alone();
            all.AddRange(Walk(step));
        }
        Alone();
        return all;

        void Alone()
        {
            if (alone.Count > 0) all.Add(Launch(Stmts.Do(alone.ToList())));
            alone.Clear();
        }
    }

    private static bool HasGrid(Stmt stmt) => stmt.All.Any(s => s is Loop { Kind: LoopKind.Parallel });

    private LaunchOnce Launch(Stmt stmt)
    {
        var grid = stmt is Loop { Kind: LoopKind.Parallel } loop ? loop : null;
        var names = new Identifiers(language);
        var touched = stmt.Loads.Select(l => l.Buffer).Concat(stmt.All.OfType<Store>().Select(s => s.Buffer)).ToHashSet();
        Seq<int> buffers = [.. Enumerable.Range(0, Arguments.Count).Where(i => touched.Contains(Arguments[i]))];
        var symbols = new SortedDictionary<string, (Symbol Symbol, string Name)>(StringComparer.Ordinal);
        foreach (var s in kernel.Symbols) symbols[s.Name] = (s, names.Next(s.Name));
        var (used, scratch) = (new List<(Expr Number, string Name)>(), "");
        string Symbol(Symbol s) => Used(s, symbols[s.Name].Name);
        string Used(Expr number, string name)
        {
            if (!used.Exists(u => u.Number == number)) used.Add((number, name));
            return name;
        }
        var groupThreads = grid?.Body.All.OfType<Loop>().FirstOrDefault(l => l.Kind == LoopKind.Threads) is { } threads ? (int)threads.Axis.Extent.Whole : 0;
        var printer = new BodyPrinter(language, names, layout, threadsTakeTurns, Symbol, () => scratch == "" ? scratch = names.Next("scratch") : scratch);
        var views = buffers.Select(i => (Type: language.InMemory(Arguments[i].Scalar), Name: printer.Bind(Arguments[i], names.Next(Arguments[i].Name)))).ToList();
        foreach (var (axis, name) in rounds) printer.Bind(axis, Used(axis, names.Next(name)));
        foreach (var array in around.Where(a => touched.Contains(a.Buffer))) printer.PlaceInArena(array);
        if (grid is not null && groupThreads > 0) printer.PrintGroups(grid);
        else if (grid is not null) printer.PrintGrid(grid);
        else printer.Print(stmt);

        var number = Launches.Count;
        Launches.Add(new(number, groupThreads, [.. views], scratch, [.. used.Select(u => u.Name)], [.. printer.Lines]));
        var made = new LaunchOnce(number, grid?.Axis.Extent ?? 1, groupThreads, buffers, scratch != "", [.. used.Select(u => u.Number)]);
        Parts.Add(new(made, stmt, [.. around.Where(s => touched.Contains(s.Buffer))], [.. rounds.Select(r => r.Axis)]));
        return made;
    }
}
