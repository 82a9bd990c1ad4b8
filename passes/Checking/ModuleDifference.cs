using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>What became of a step or weight between two dumps.</summary>
public enum Fate { Added, Dropped, Fused, Unfused, Split, Retyped, Replaced, Attributes, Operands, Moved, Bytes, Cost }

/// <summary>One difference of two dumps or artifacts.</summary>
/// <param name="Name">Of the value.</param>
/// <param name="Before">As it was; empty where it was not.</param>
/// <param name="After">As it is; empty where it is no more.</param>
public sealed record Change(Fate Fate, string Name, string Before, string After);

/// <summary>Two dumps of one model compared by the names of values, which survive every pass: what each step and weight became, and sizes in all.</summary>
public sealed class ModuleDifference
{
    private readonly List<Change> changes = [];

    /// <param name="before">A graph or a program.</param>
    /// <param name="after">Another; a graph and a program are compared by what both have.</param>
    public ModuleDifference(Module before, Module after)
    {
        if (before.Graph is { } a && after.Graph is { } b) Compare(a, b);
        else if (before.Program is { } p && after.Program is { } q) Compare(p, q);
        else Compare(Names(before), Names(after));
        Totals = [.. Sizes(before).Join(Sizes(after), s => s.What, s => s.What, (x, y) => (x.What, x.Size, y.Size))];
    }

    /// <summary>By kind, then in the order of the dump they stand in.</summary>
    public IReadOnlyList<Change> Changes => [.. changes.OrderBy(c => c.Fate)];

    /// <summary>Steps, weights and the like of both, where both have them.</summary>
    public IReadOnlyList<(string What, string Before, string After)> Totals { get; }

    private void Compare(Graph before, Graph after)
    {
        var (old, @new) = (Steps(before), Steps(after));
        foreach (var (name, (step, group)) in old)
        {
            if (!@new.TryGetValue(name, out var now))
            {
                var parts = @new.Keys.Where(n => n.StartsWith(name + ".", StringComparison.Ordinal) && !old.ContainsKey(n)).ToList();
                if (parts.Count > 0) changes.Add(new(Fate.Split, name, Text(step), string.Join(", ", parts.Select(p => $"%{NameText.Sigiled(p)} = {Text(@new[p].Step)}"))));
                else changes.Add(new(Fate.Dropped, name, Text(step), ""));
                continue;
            }
            if (group != now.Group) changes.Add(new(now.Group is null ? Fate.Unfused : Fate.Fused, name, group is null ? "alone" : $"in %{group}", now.Group is null ? "alone" : $"in %{now.Group}"));
            Compare(name, step, now.Step);
        }
        foreach (var (name, (step, _)) in @new.Where(s => !old.ContainsKey(s.Key) && !changes.Exists(c => c.Fate == Fate.Split && s.Key.StartsWith(c.Name + ".", StringComparison.Ordinal)))) changes.Add(new(Fate.Added, name, "", Text(step)));
        Weights(before.Weights, after.Weights);
        changes.AddRange(Moves.Between([.. before.Nodes.Select(n => n.Result.Name)], [.. after.Nodes.Select(n => n.Result.Name)]));
    }

    private void Compare(string name, Node step, Node now)
    {
        if (step.Op.GetType() != now.Op.GetType()) changes.Add(new(Fate.Replaced, name, Text(step), Text(now)));
        else
        {
            if (!step.Op.Equals(now.Op)) changes.Add(new(Fate.Attributes, name, step.Op.ToString(), now.Op.ToString()));
            if (!step.Operands.Select(v => v?.Name).SequenceEqual(now.Operands.Select(v => v?.Name))) changes.Add(new(Fate.Operands, name, Read(step), Read(now)));
        }
        foreach (var (a, b) in step.Results.Zip(now.Results))
            if (a.Type != b.Type) changes.Add(new(Fate.Retyped, a.Name, a.Type.ToString(), b.Type.ToString()));
    }

    private void Weights(IEnumerable<Value> before, IEnumerable<Value> after)
    {
        var now = after.ToDictionary(w => w.Name, StringComparer.Ordinal);
        var old = before.ToDictionary(w => w.Name, StringComparer.Ordinal);
        foreach (var (name, weight) in old)
        {
            if (!now.TryGetValue(name, out var other)) changes.Add(new(Fate.Dropped, name, $"weight {weight.Type}", ""));
            else if (weight.Type != other.Type) changes.Add(new(Fate.Retyped, name, $"{weight.Type}, {Bytes(weight)} B", $"{other.Type}, {Bytes(other)} B"));
            else if (!weight.Planes.Select(p => p.Hash).SequenceEqual(other.Planes.Select(p => p.Hash))) changes.Add(new(Fate.Bytes, name, $"weight {weight.Type}", "the same type, other numbers"));
        }
        foreach (var (name, weight) in now.Where(w => !old.ContainsKey(w.Key))) changes.Add(new(Fate.Added, name, "", $"weight {weight.Type}, {Bytes(weight)} B"));
    }

    private void Compare(Program before, Program after)
    {
        var (old, @new) = (before.Steps.Calls.ToList(), after.Steps.Calls.ToList());
        var now = @new.GroupBy(c => c.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (var call in old)
        {
            if (!now.TryGetValue(call.Name, out var other)) changes.Add(new(Fate.Dropped, call.Name, $"kernel {call.Kernel}", ""));
            else if (call.Info?.Template != other.Info?.Template) changes.Add(new(Fate.Replaced, call.Name, Template(call), Template(other)));
            else if (call.Kernel != other.Kernel) changes.Add(new(Fate.Replaced, call.Name, $"kernel {call.Kernel}", $"kernel {other.Kernel}"));
            if (other is not null && Cost(call) is var cost && Cost(other) is var costs && cost != costs) changes.Add(new(Fate.Cost, call.Name, cost, costs));
        }
        foreach (var call in @new.Where(c => !old.Exists(o => o.Name == c.Name))) changes.Add(new(Fate.Added, call.Name, "", $"kernel {call.Kernel}"));
        var kernels = after.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        foreach (var kernel in before.Kernels)
            if (kernels.TryGetValue(kernel.Name, out var other) && IrText.Print(kernel) != IrText.Print(other)) changes.Add(new(Fate.Replaced, kernel.Name, $"{Lines(kernel)} lines of loops", $"{Lines(other)} lines of loops"));
        changes.AddRange(Moves.Between([.. old.Select(c => c.Name)], [.. @new.Select(c => c.Name)]));
    }

    /// <summary>A graph against a program: which values still have a name of their own.</summary>
    private void Compare(HashSet<string> before, HashSet<string> after)
    {
        foreach (var name in before.Where(n => !after.Contains(n)).Order(StringComparer.Ordinal)) changes.Add(new(Fate.Dropped, name, "", ""));
        foreach (var name in after.Where(n => !before.Contains(n)).Order(StringComparer.Ordinal)) changes.Add(new(Fate.Added, name, "", ""));
    }

    /// <summary>Plain steps by the name of their first result, and the group they are in.</summary>
    private static Dictionary<string, (Node Step, string? Group)> Steps(Graph graph)
    {
        var all = new Dictionary<string, (Node, string?)>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
            foreach (var step in node.Body?.Nodes ?? [node]) all.TryAdd(step.Result.Name, (step, node.Body is null ? null : node.Result.Name));
        return all;
    }

    private static HashSet<string> Names(Module module) => [.. module.Graph is { } graph ? Steps(graph).Keys : module.MustBeProgram.Steps.Calls.SelectMany(c => c.Info?.Nodes ?? [])];

    private static IEnumerable<(string What, string Size)> Sizes(Module module)
    {
        string Whole(long n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);
        yield return ("steps", Whole(module.Steps));
        if (module.Graph is { } graph)
        {
            yield return ("kernels", Whole(module.Calls));
            yield return ("weights", Whole(graph.Weights.Count()));
            yield return ("weight bytes", Whole(module.WeightBytes));
            yield break;
        }
        var program = module.MustBeProgram;
        yield return ("calls", Whole(module.Calls));
        yield return ("kernels", Whole(program.Kernels.Count));
        yield return ("weight bytes", Whole(module.WeightBytes));
        yield return ("arena bytes", program.ArenaBytes.ToString());
        yield return ("bytes moved", Sum(program, info => info.Bytes));
        yield return ("operations", Sum(program, info => info.Flops));
    }

    private static string Sum(Program program, Func<CallInfo, Expr> of) => program.Steps.Calls.Select(c => c.Info).OfType<CallInfo>().Select(of).Aggregate((Expr)0, (sum, next) => Linear.Simplify(sum + next)).ToString();

    private static string Cost(CallKernel call) => call.Info is { } info ? $"{Linear.Simplify(info.Flops)} operations, {Linear.Simplify(info.Bytes)} bytes moved" : "";

    private static long Bytes(Value weight) => weight.Planes.Sum(p => p.Length);

    private static string Template(CallKernel call) => call.Info?.Template is { Length: > 0 } template ? template : "plain loops";

    private static int Lines(Kernel kernel) => IrText.Print(kernel).Count(c => c == '\n');

    private static string Text(Node step) => $"{step.Op.Name}({Read(step)})";

    private static string Read(Node step) => string.Join(", ", step.Operands.Select(v => v?.ToString() ?? "_"));
}
