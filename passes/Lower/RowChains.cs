using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Steps of which each reads only the same row of what the one before made, or a window of rows, become one kernel, which runs them for a few rows at a time. Done where
/// what lies between would leave the second cache, and where it costs more than what products read again for each few rows.
/// </summary>
[Description("runs steps that follow one another row by row together, some rows at a time: attention without its matrix of scores, blocks of convolutions that stay in the second cache")]
public sealed record RowChains : ProgramPass
{
    /// <summary>How much more arithmetic a chain may take than its steps one by one: edges of tiles and rows that neighbours make twice, not another template.</summary>
    private const double MostSteps = 1.25;

    public override Stage Stage => Stage.Lower;
    public override Seq<string> After => ["lower", "precompute"];

    protected override Program Run(Program program, Compilation compilation)
    {
        var (shared, slots) = (new SharedKernels(program.Kernels), program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal));
        var asked = program.Steps.Flat.Select(s => s.Asked).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var uses = program.Steps.Calls.Concat(program.Once).SelectMany(c => c.Arguments.Distinct()).CountBy(a => a, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var gone = new HashSet<string>(StringComparer.Ordinal);
        var error = compilation.Exact ? 0 : new ScheduleKernels().MostError; // algorithms are weighed that will be taken
        var steps = Chained(program.Steps);
        if (gone.Count == 0) return program;
        var called = steps.Calls.Concat(program.Once).Select(c => c.Kernel).ToHashSet(StringComparer.Ordinal);
        return Arena.Apart(program with
        {
            Slots = [.. program.Slots.Where(s => !gone.Contains(s.Name))],
            Kernels = [.. shared.All.Where(k => called.Contains(k.Name))],
            Steps = steps,
        });

        Seq<Step> Chained(Seq<Step> list)
        {
            // A slot that several steps fill parts of is nobody's.
            var made = list.OfType<CallKernel>().Where(c => shared[c.Kernel] is { Outputs.Count: 1, External: null }).GroupBy(c => c.Arguments[^1], StringComparer.Ordinal).Where(g => g.Count() == 1)
                .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
            var (heads, dropped) = (new Dictionary<CallKernel, CallKernel>(ReferenceEqualityComparer.Instance), new HashSet<CallKernel>(ReferenceEqualityComparer.Instance));
            // The most bytes that could lie between the steps of a chain that ends in one: mostly too few to look further.
            var bytes = new Dictionary<CallKernel, double>(ReferenceEqualityComparer.Instance);
            foreach (var call in list.OfType<CallKernel>()) bytes[call] = Before(call, made).Sum(before => Guess(slots[before.Arguments[^1]].Bytes) + bytes.GetValueOrDefault(before));
            // From the last step on: a chain is as long as it can be.
            foreach (var last in list.OfType<CallKernel>().Reverse().Where(call => bytes[call] > RowChain.Least(compilation.Machine, compilation.Objective)))
            {
                if (dropped.Contains(last) || shared[last.Kernel].External is not null || Best(Links(last, made), list) is not { } chain) continue;
                heads[last] = chain.Call;
                foreach (var call in chain.Calls.SkipLast(1)) dropped.Add(call);
                foreach (var slot in chain.Between) gone.Add(slot);
                compilation.Notes.Add(Name, last.Name, chain.Why);
            }
            return [.. list.Where(step => step is not CallKernel call || !dropped.Contains(call)).Select(step => step switch
            {
                CallKernel call => heads.GetValueOrDefault(call, call),
                Branch b => b with { Then = Chained(b.Then), Else = Chained(b.Else) },
                Repeat r => r with { Body = Chained(r.Body) },
                _ => step,
            })];
        }

        // The calls that end in one, each the only reader of what the one before made.
        List<CallKernel> Links(CallKernel last, Dictionary<string, CallKernel> made)
        {
            List<CallKernel> calls = [last];
            while (Before(calls[0], made).FirstOrDefault(before => Joined([before, .. calls]) is var (kernel, _, _) && RowChain.Find(kernel, compilation.Machine) is not null) is { } next) calls.Insert(0, next);
            return calls;
        }

        // What grows with the square of an extent that only a run knows may be any number of bytes.
        double Guess(Expr bytes) => Linear.Of(bytes).Terms.Keys.Any(atom => Linear.Factors(atom).OfType<Symbol>().CountBy(s => s).Any(p => p.Value > 1)) ? double.PositiveInfinity : Sizes.Guess(bytes);

        // What makes the operands of a call that nobody else reads, the largest first.
        IEnumerable<CallKernel> Before(CallKernel call, Dictionary<string, CallKernel> made) =>
            call.Arguments.SkipLast(shared[call.Kernel].Outputs.Count).Where(a => IsBetween(a) && made.ContainsKey(a)).OrderByDescending(a => Guess(slots[a].Bytes)).Select(a => made[a]);

        bool IsBetween(string slot) => slots[slot].Kind == SlotKind.Arena && uses[slot] == 2 && !asked.Contains(slot) && !gone.Contains(slot);

        // The longest chain that is worth it; where neighbours make rows twice, the one that saves most.
        Chain? Best(List<CallKernel> calls, Seq<Step> list)
        {
            (Chain? Chain, double Saved) best = (null, 0);
            for (; calls.Count > 1; calls.RemoveAt(0))
            {
                if (!CanWait(calls, list) || Joined(calls) is not var (kernel, arguments, between) || RowChain.Find(kernel, compilation.Machine) is not { } chain || !chain.Pays(compilation.Objective, out var why)) continue;
                var (together, apart) = Steps(chain, calls);
                var saved = chain.IsOpen ? double.PositiveInfinity : compilation.Machine.MemorySteps(2 * chain.Between) + apart - together;
                // Products must be as fast for some rows of one of them as for all: where rows are those of one channel of a convolution, they are not.
                if (together > MostSteps * apart || saved <= best.Saved) continue;
                best = (new([.. calls], between, calls[^1] with { Kernel = shared.Add(kernel).Name, Arguments = arguments, Info = Together(calls, between) }, why), saved);
                if (!chain.Slides) break;
            }
            return best.Chain;
        }

        (double Together, double Apart) Steps(RowChain chain, List<CallKernel> calls)
        {
            double Of(CallKernel call) => Scheduler.Schedule(shared[call.Kernel], compilation.Machine, shared[call.Kernel].Inputs.Zip(call.Arguments).Where(p => IsWeight(p.Second)).Select(p => p.First.Name).ToHashSet(StringComparer.Ordinal), error).Pace.Steps;
            bool IsWeight(string slot) => slots[slot].Kind is SlotKind.Weight or SlotKind.Source;
            return (chain.Schedule(calls.SelectMany(c => c.Arguments).Where(IsWeight).ToHashSet(StringComparer.Ordinal), error).Pace.Steps, calls.Sum(Of));
        }

        // Whether all may run where the last one stands: nothing on the way changes what they read, slots that a loop carries or symbols.
        bool CanWait(List<CallKernel> calls, Seq<Step> list)
        {
            var waiting = new List<CallKernel>();
            foreach (var step in list.TakeWhile(step => !ReferenceEquals(step, calls[^1])))
            {
                if (step is CallKernel call && calls.Exists(c => ReferenceEquals(c, call))) waiting.Add(call);
                else if (new[] { step }.Calls.SelectMany(c => c.Arguments.Skip(shared[c.Kernel].Inputs.Count)).Any(slot => waiting.Exists(c => c.Arguments.Contains(slot)))) return false;
                else if (new[] { step }.Bound.Any(symbol => waiting.Exists(c => shared[c.Kernel].Symbols.Contains(symbol)))) return false;
            }
            return true;
        }

        // The calls as one kernel over arrays of its own; null where a call takes one slot twice.
        (Kernel Kernel, Seq<string> Arguments, Seq<string> Between)? Joined(List<CallKernel> calls)
        {
            Seq<string> between = [.. calls.SkipLast(1).Select(c => c.Arguments[^1])];
            var buffers = new Dictionary<string, Buffer>(StringComparer.Ordinal);
            var (stages, same) = (new List<Stmt>(), new Dictionary<string, string>(StringComparer.Ordinal));
            foreach (var (i, call) in calls.Index())
            {
                var kernel = shared[call.Kernel];
                if (call.Arguments.Distinct().Count() != call.Arguments.Count) return null;
                var arguments = call.Arguments.ToList();
                // A stage that can store over what the one before made does: one array less.
                if (i > 0 && i < calls.Count - 1 && StoringOver.Of(kernel, arguments.IndexOf(between[i - 1])) is { } over)
                {
                    kernel = over;
                    arguments.Remove(between[i - 1]);
                    same[between[i]] = same.GetValueOrDefault(between[i - 1], between[i - 1]);
                }
                var accesses = new Dictionary<Buffer, BufferAccess>();
                foreach (var (buffer, slot) in kernel.Inputs.Concat(kernel.Outputs).Zip(arguments.Select(a => same.GetValueOrDefault(a, a))))
                {
                    var renamed = buffer with { Name = slot, Space = between.Contains(slot) ? Space.Arena : Space.Argument };
                    // Two steps may see one slot in two shapes.
                    if (!buffers.TryAdd(slot, renamed) && buffers[slot] != renamed) return null;
                    accesses[buffer] = BufferAccess.To(renamed);
                }
                foreach (var scratch in kernel.Body.All.OfType<Scratch>().Select(s => s.Buffer).Distinct()) accesses[scratch] = BufferAccess.To(scratch with { Name = FormattableString.Invariant($"{calls[^1].Name}.rows{i + 1}.{scratch.Name}") });
                stages.Add(kernel.Over(kernel.Name, accesses).Body);
            }
            var body = between.Where(slot => !same.ContainsKey(slot)).Aggregate((Stmt)new Block([.. stages]), (inside, slot) => new Scratch(buffers[slot], inside));
            var joined = Kernel.Over($"{calls[^1].Name}.rows", [buffers[calls[^1].Arguments[^1]]], body);
            return (joined, [.. joined.Inputs.Concat(joined.Outputs).Select(b => b.Name)], between);
        }

        CallInfo? Together(List<CallKernel> calls, Seq<string> between)
        {
            if (calls.Exists(c => c.Info is null)) return null;
            Expr Sum(Func<CallInfo, Expr> of) => calls.Select(c => of(c.Info!)).Aggregate((a, b) => Linear.Simplify(a + b));
            var kept = between.Aggregate((Expr)0, (bytes, slot) => Linear.Simplify(bytes + slots[slot].Bytes * 2));
            return new([.. calls.SelectMany(c => c.Info!.Nodes)], Sum(i => i.Flops), Linear.Simplify(Sum(i => i.Bytes) - kept));
        }
    }

    /// <param name="Between">Slots that are not needed any more.</param>
    /// <param name="Call">What takes the place of <paramref name="Calls"/>.</param>
    private sealed record Chain(Seq<CallKernel> Calls, Seq<string> Between, CallKernel Call, string Why);
}
