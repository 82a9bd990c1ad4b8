using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// A loop on its way to steps. Each carried value has one slot: filled before the loop, copied to at the end of a round, the result behind the loop.
/// Each stacked result has one too: a round stores its slice there. The condition is asked before each round, where it can change.
/// </summary>
internal sealed class LoweredLoop
{
    private readonly Lowered program;
    private readonly Node node;
    private readonly Ir.Ops.Loop loop;
    private readonly Graph body;
    private readonly Seq<Value> carried;
    private readonly List<Step> before = [], inside = [];

    public LoweredLoop(Lowered program, Node node)
    {
        (this.program, this.node, loop, body) = (program, node, (Ir.Ops.Loop)node.Op, node.Regions[0]);
        carried = [.. body.Inputs.Skip(Ir.Ops.Loop.Before)];
    }

    public Seq<Step> Steps()
    {
        foreach (var (i, value) in carried.Index())
        {
            // The last round may make more than is asked for: a value that grows is stored before its new extent is compared with the bound.
            program.Place(node.Results[i], Linear.Simplify(Expr.Max(program.Bounds.Most(node.Results[i].Type.Size), program.Bounds.Most(body.Outputs[i + 1].Type.Size))));
            before.Add(Copy(node.Operands[i + Ir.Ops.Loop.Before]!, node.Results[i].Name));
            program.View(value.Name, node.Results[i].Name);
        }
        before.AddRange(Extents(node.Operands.Skip(Ir.Ops.Loop.Before).Select(v => v!.Type)));
        var stacked = node.Results.Skip(carried.Count).ToList();
        // Stacked by rounds there are; a count below 0 is none.
        var rounds = program.Bounds.Most(loop.MostRounds);
        if (Linear.Range(rounds).Low < 0) rounds = Linear.Simplify(Expr.Max(rounds, 1));
        foreach (var result in stacked) program.Place(result, program.Bounds.Most(result.Type.With([rounds, .. result.Type.Shape.Skip(1)]).Size));

        var going = Condition();
        // Slices are stored, and a symbol takes the number of rounds: neither may be more than was planned for.
        if (loop.Rounds is null && stacked.Count > 0 && program.Bounds.Most(loop.MostRounds) is var most && Bounds.Unbounded(most).ToList() is [])
            inside.Add(new Demand(new(loop.Round < most, $"the loop that makes {node.Result.Name} runs more than {most} rounds; --max {loop.Binds[1].Name}=N allows more")));
        inside.Add(Fill(body.Inputs[0], loop.Round));
        inside.Add(Fill(body.Inputs[1], true));
        var (begin, made) = (inside.Count, LoweredSteps.Inside(program, body, new HashSet<string>()));
        inside.AddRange(made);
        var carriedSlots = node.Results.Take(carried.Count).Select(v => program.Slot(v.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var (result, slice) in stacked.Zip(body.Outputs.Skip(1 + carried.Count)))
            // What the round before left is stored first: its place may then take what this round makes.
            inside.Insert(carriedSlots.Contains(program.Slot(slice.Name)) ? begin++ : inside.Count, Slice(slice, result));
        if (going.Next is { } next) inside.Add(Copy(body.Outputs[0], next));
        Carry();
        inside.AddRange(Extents(body.Outputs.Skip(1).Take(carried.Count).Select(v => v.Type)));

        var count = node.Operands[0]?.Known is [var known] ? Linear.Simplify(known) : null;
        return [.. before, new Repeat(node.Results.Count > 0 ? node.Result.Name : loop.Round.Name, loop.Round, count, going.Asked, loop.Rounds is null ? loop.Binds[1] : null, [.. inside])];
    }

    /// <summary>What is asked before each round, and where a round stores its answer; nothing where the loop always goes on.</summary>
    private (Expr? Asked, string? Next) Condition()
    {
        var begins = node.Operands[1] is not { } first || first.Known is [Number { Integer: not 0 }];
        if (body.Outputs[0].Known is [Number { Integer: not 0 }]) return (begins ? null : program.Asked(node.Operands[1]!), null);
        var going = new Value($"{loop.Round.Name}.going", new([], Scalar.Bool));
        program.Place(going);
        before.Add(begins ? Fill(going, true) : Copy(node.Operands[1]!, going.Name));
        return (program.Asked(going), going.Name);
    }

    /// <summary>What goes from this round to the next. A value that another slot holds is saved before that slot gets its own.</summary>
    private void Carry()
    {
        var slots = node.Results.Take(carried.Count).Select(v => program.Slot(v.Name)).ToList();
        var moves = new List<(Value From, string To)>();
        foreach (var (i, next) in body.Outputs.Skip(1).Take(carried.Count).Index())
        {
            var held = slots.IndexOf(program.Slot(next.Name));
            if (held == i) continue;
            if (held < 0) { moves.Add((next, node.Results[i].Name)); continue; }
            var saved = new Value($"{node.Results[i].Name}.saved", next.Type.Elementwise);
            program.Place(saved);
            inside.Add(Copy(next, saved.Name));
            moves.Add((saved, node.Results[i].Name));
        }
        inside.AddRange(moves.Select(move => Copy(move.From, move.To)));
    }

    /// <summary>Extents of carried values that change get their numbers; all are worked out before any has its new one.</summary>
    private IEnumerable<Step> Extents(IEnumerable<TensorType> types)
    {
        var all = (from pair in carried.Zip(types)
                   from axis in pair.First.Type.Shape.Zip(pair.Second.Shape)
                   let at = loop.Extents.Index().Where(s => axis.First == s.Item).Select(s => s.Index + 1).FirstOrDefault()
                   where at > 0
                   select (Symbol: loop.Extents[at - 1], Value: axis.Second, Most: loop.Most[at + loop.Binds.Count - loop.Extents.Count - 1])).DistinctBy(e => e.Symbol).ToList();
        var saved = all.Where((e, i) => all.Skip(i + 1).Any(later => later.Value.Parts().Contains(e.Symbol))).ToDictionary(e => e.Symbol, e => (Symbol)Symbol.Of($"{e.Symbol.Name}.next", e.Symbol.Low, e.Symbol.High));
        return [.. all.Select(e => new Let(saved.GetValueOrDefault(e.Symbol, e.Symbol), e.Value, e.Most)), .. all.Where(e => saved.ContainsKey(e.Symbol)).Select(e => new Let(e.Symbol, saved[e.Symbol], e.Most))];
    }

    private CallKernel Copy(Value from, string to) => program.Call(Lowering.Lower(new Node(new Ir.Ops.Identity(), [from], [new(to, from.Type.Elementwise)])), node.Results.Count > 0 ? node.Result.Name : to, [to]);

    private CallKernel Fill(Value value, Expr number)
    {
        program.Place(value);
        var buffer = new Storage(value.Name, value.Type).Buffer("");
        return program.Call(new(value.Name, [], [buffer], buffer.Set([.. buffer.Shape.Select(_ => (Expr)0)], number)), value.Name, [value.Name]);
    }

    /// <summary>Stores a round's slice behind those of the rounds before.</summary>
    private CallKernel Slice(Value slice, Value result)
    {
        var from = new Storage(slice.Name, slice.Type).Buffer("");
        Seq<Axis> axes = [.. from.Shape.Select((extent, i) => new Axis($"i{i}", extent))];
        Seq<Expr> at = [.. axes.Select(a => Linear.Simplify(a))];
        var to = new Buffer(result.Name, from.Scalar, [Linear.Simplify(loop.Round + 1), .. from.Shape]);
        return program.Call(new($"{result.Name}.{from.Name}", [from], [to], Stmts.Nest(LoopKind.For, axes.Where(a => a.Extent is not Number { Integer: 1 }), to.Set([loop.Round, .. at], from[at]))), result.Name, [result.Name]);
    }
}
