using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A graph, the whole or one inside, on its way to a list of steps.</summary>
/// <param name="program">What all lists of one program share.</param>
/// <param name="graph">Whose nodes become steps.</param>
/// <param name="outputs">Buffers that lie where somebody else says: outputs of the model, results of a branch.</param>
internal sealed class LoweredSteps(Lowered program, Graph graph, IReadOnlySet<string> outputs)
{
    private readonly ILookup<Value, Node?> readers = graph.Readers;
    private readonly ILookup<int, Guarded> guards = Guards.Placed(graph);
    private readonly List<Step> steps = [];
    /// <summary>Buffers that steps of this list fill.</summary>
    private readonly HashSet<string> made = new(StringComparer.Ordinal);
    /// <summary>Slots that an output has been given to.</summary>
    private readonly HashSet<string> owners = new(StringComparer.Ordinal);

    public Seq<Step> Steps()
    {
        var read = readers.Select(r => r.Key).ToHashSet();
        foreach (var (place, node) in graph.Nodes.Index())
        {
            if (node.Op is not Ir.Ops.Loop) foreach (var result in node.Results) program.Place(result);
            switch (node.Op)
            {
                case Ir.Ops.If: Add(node); break;
                case Ir.Ops.Loop: steps.AddRange(new LoweredLoop(program, node).Steps()); break;
                case Ir.Ops.Measure measure: Add(node, measure); break;
                default: Add(node, read); break;
            }
            made.UnionWith(node.Results.SelectMany(v => new Storage(v.Name, v.Type).Buffers).Select(b => b.Name));
            steps.AddRange(guards[place].Select(g => new Demand(g)));
        }
        return [.. steps];
    }

    /// <summary>The steps of a graph inside a node, its own checks first.</summary>
    public static Seq<Step> Inside(Lowered program, Graph region, IReadOnlySet<string> outputs) =>
        [.. Guards.Placed(region)[-1].Select(g => new Demand(g)), .. new LoweredSteps(program, region, outputs).Steps()];

    private void Add(Node node, HashSet<Value> read)
    {
        if (SideBySide.Places(node) is { } places)
        {
            SetSideBySide(node, places);
            return;
        }
        var kernel = Lowering.Lower(node, read);
        if (Views.Source(kernel) is { } source)
        {
            var (from, to) = (program.Slot(source.Name), kernel.Outputs[0].Name);
            // An output lies where the caller says: what it repeats is computed there, unless that is from elsewhere or an output itself.
            if (!outputs.Contains(to)) { program.View(to, from); return; }
            var apart = !program.IsArgument(from) && !outputs.Contains(from) && made.Contains(from) && !program.IsLate(node.Result.Type);
            if (apart && owners.Add(from)) { program.View(from, to); return; }
        }
        Call(kernel, node);
    }

    /// <summary>Each operand is computed where it belongs if nothing else reads it, else copied there.</summary>
    private void SetSideBySide(Node node, Seq<Seq<Expr>> places)
    {
        var whole = new Storage(node.Result.Name, node.Result.Type).Buffer("");
        foreach (var (value, place) in node.Operands.Zip(places))
        {
            var part = new Storage(value!.Name, value.Type).Buffer("");
            if (!Within(node, value, part, whole, place)) Call(SideBySide.Copy(part, whole, place), node);
        }
    }

    /// <summary>Has an operand computed inside the larger tensor, and read there by those who read it before; false where that cannot be.</summary>
    private bool Within(Node node, Value value, Buffer part, Buffer whole, Seq<Expr> place)
    {
        if (node.Operands.Count(v => v == value) > 1 || outputs.Contains(part.Name) || program.IsView(part.Name) || program.IsLate(node.Result.Type) || steps.Any(s => s.Asked == part.Name)) return false;
        Seq<string> Inputs(CallKernel call) => call.Arguments.Slice(0, program.Kernels[call.Kernel].Inputs.Count);
        var calls = steps.Index().Where(s => s.Item is CallKernel).Select(s => (At: s.Index, Call: (CallKernel)s.Item)).ToList();
        var makers = calls.FindAll(c => c.Call.Arguments.Skip(Inputs(c.Call).Count).Contains(part.Name));
        if (makers is not [var (at, maker)] || program.Kernels[maker.Kernel] is not { Outputs: [var output], External: null } kernel || output.Shape != part.Shape) return false;
        var others = calls.FindAll(c => Inputs(c.Call).Contains(part.Name));
        // Whoever reads it later, or in a region, has no call here. A step that read one part and filled another would have one buffer twice.
        if (others.Count != readers[value].Count(r => r != node) || others.Append((at, maker)).Any(c => c.Item2.Arguments.Contains(whole.Name))) return false;
        var moved = new List<(int At, CallKernel Call)>();
        foreach (var (i, call) in others)
        {
            var reads = program.Kernels[call.Kernel];
            if (reads.External is not null || Inputs(call).Count(a => a == part.Name) > 1 || SideBySide.From(reads, reads.Inputs[Inputs(call).Index().First(a => a.Item == part.Name).Index], whole, place) is not { } reading) return false;
            moved.Add((i, call with { Kernel = program.Kernels.Add(reading).Name, Arguments = [.. call.Arguments.Select(a => a == part.Name ? whole.Name : a)] }));
        }
        foreach (var (i, call) in moved) steps[i] = call;
        steps[at] = maker with { Kernel = program.Kernels.Add(SideBySide.Into(kernel, whole, place)).Name, Arguments = [.. maker.Arguments.SkipLast(1), whole.Name] };
        return true;
    }

    /// <summary>Both branches store what they make where the results lie.</summary>
    private void Add(Node node)
    {
        var condition = program.Asked(node.Operands[0]!);
        var sides = node.Regions.Select(region =>
        {
            var inside = Inside(program, Apart.Results(region, node.Results), node.Results.Select(v => v.Name).ToHashSet(StringComparer.Ordinal));
            // An extent in which the branches differ: each says its own.
            var extents = node.Op.Binds.Zip(((Ir.Ops.If)node.Op).Most, (symbol, most) =>
            {
                var (result, axis) = (from r in node.Results.Index() from e in r.Item.Type.Shape.Index() where e.Item == symbol select (r.Index, e.Index)).First();
                return (Step)new Let(symbol, region.Outputs[result].Type.Shape[axis], most);
            });
            return (Seq<Step>)[.. inside, .. extents];
        }).ToList();
        steps.Add(new Branch(node.Result.Name, condition, sides[0], sides[1]));
    }

    /// <summary>Symbols take the numbers that the operand holds.</summary>
    private void Add(Node node, Ir.Ops.Measure measure)
    {
        var (source, symbols) = (new Storage(node.Operands[0]!.Name, node.Operands[0]!.Type).Buffer(""), measure.Binds);
        var flat = source with { Shape = [source.Size], Order = [] };
        steps.AddRange(symbols.Select((symbol, i) => new Let(symbol, flat[i].As(Scalar.I64), measure.Most[i])));
        var to = new Storage(node.Result.Name, node.Result.Type).Buffer("");
        Call(new(node.Result.Name, [], [to], Stmts.Do(symbols.Select((symbol, i) => to.Set(to.Shape.Count == 0 ? [] : [i], symbol)))), node);
    }

    private void Call(Kernel kernel, Node node) => steps.Add(program.Call(kernel, node.Result.Name, [.. (node.Body?.Nodes ?? [node]).SelectMany(n => n.Results).Select(v => v.Name)]));
}
