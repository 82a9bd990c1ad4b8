using System.Text;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A mapped kernel as C#: a class with a method for each launch, and what the host does with them.</summary>
internal sealed class KernelSource
{
    private readonly Kernel kernel;
    private readonly ScratchLayout layout;
    private readonly bool threadsTakeTurns;
    private readonly List<(Axis Axis, string Name)> rounds = [];
    private readonly List<Scratch> around = [];
    private readonly StringBuilder methods = new();
    private readonly StringBuilder bindings = new();
    private int launches;

    /// <param name="kernel">As <see cref="Passes.GridMapping"/> leaves it.</param>
    /// <param name="name">Of the class.</param>
    /// <param name="threadsTakeTurns">Whether one thread plays a group's.</param>
    public KernelSource(Kernel kernel, string name, bool threadsTakeTurns = false)
    {
        (this.kernel, Name, layout, this.threadsTakeTurns) = (kernel, name, ScratchLayout.Of(kernel), threadsTakeTurns);
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

    /// <summary>The kernel's methods, as a reader or ILGPU takes them.</summary>
    public string Text => $"/// <summary>{Escaped(kernel.Name)}</summary>\npublic static class {Name}\n{{\n{Indented(methods.ToString())}}}\n";

    /// <summary>What calls them through a launcher with arguments of one type each.</summary>
    public string Bindings => $"public static class {Name}Launches\n{{\n{Indented(bindings.ToString())}}}\n";

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
        var names = new Identifiers();
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
        var printer = new BodyPrinter(names, layout, threadsTakeTurns, Symbol, () => scratch == "" ? scratch = names.Next("scratch") : scratch);
        var views = buffers.Select(i => (Type: CSharpTypes.InMemory(Arguments[i].Scalar), Name: printer.Bind(Arguments[i], names.Next(Arguments[i].Name)))).ToList();
        foreach (var (axis, name) in rounds) printer.Bind(axis, Used(axis, names.Next(name)));
        foreach (var array in around.Where(a => touched.Contains(a.Buffer))) printer.PlaceInArena(array);
        if (grid is not null && groupThreads > 0) printer.PrintGroups(grid);
        else if (grid is not null) printer.PrintGrid(grid);
        else printer.Print(stmt);

        List<string> parameters = [.. views.Select(v => $"ArrayView<{v.Type}> {v.Name}"), .. scratch == "" ? (string[])[] : [$"ArrayView<byte> {scratch}"], .. used.Select(u => $"long {u.Name}")];
        var (number, method) = (launches, launches == 0 ? "Run" : $"Run{launches}");
        methods.Append($"{(launches++ == 0 ? "" : "\n")}public static void {method}({string.Join(", ", parameters)})\n{{\n    unchecked\n    {{\n{string.Concat(printer.Lines.Select(l => $"        {l}\n"))}    }}\n}}\n");
        List<string> arguments = [.. views.Select((v, i) => $"views[{i}].Cast<{v.Type}>()"), .. scratch == "" ? (string[])[] : [$"views[{views.Count}]"], .. used.Select((_, i) => $"numbers[{i}]")];
        bindings.Append($"public delegate void Launch{number}(AcceleratorStream stream, KernelConfig config{string.Concat(parameters.Select(p => ", " + p))});\n");
        bindings.Append($"public static Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]> Bind{number}(Kernel kernel)\n{{\n    var launch = kernel.CreateLauncherDelegate<Launch{number}>();\n    return (stream, config, views, numbers) => launch(stream, config{string.Concat(arguments.Select(a => ", " + a))});\n}}\n");
        var made = new LaunchOnce(number, grid?.Axis.Extent ?? 1, groupThreads, buffers, scratch != "", [.. used.Select(u => u.Number)]);
        Parts.Add(new(made, stmt, [.. around.Where(s => touched.Contains(s.Buffer))], [.. rounds.Select(r => r.Axis)]));
        return made;
    }

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);

    private static string Indented(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => line == "" ? "\n" : $"    {line}\n"));
}
