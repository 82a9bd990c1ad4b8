using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Runs calls in another order where fewer bytes are then needed at once, at typical dimensions; in the order given where none is found that needs less.</summary>
/// <remarks>Calls change places only among those that stand together: what is asked, bound or demanded between calls stays where it is.</remarks>
[Description("runs steps in an order in which fewer bytes are needed at once")]
public sealed record Reorder : ProgramPass
{
    public override Stage Stage => Stage.Memory;

    protected override Program Run(Program program, Compilation compilation) => program with { Steps = Ordered(program.Steps, new(program), compilation.Notes) };

    private Seq<Step> Ordered(Seq<Step> steps, Facts facts, Notes notes)
    {
        var (all, run) = (new List<Step>(), new List<CallKernel>());
        foreach (var step in steps)
        {
            if (step is CallKernel call)
            {
                run.Add(call);
                continue;
            }
            EndRun();
            all.Add(step switch
            {
                Branch b => b with { Then = Ordered(b.Then, facts, notes), Else = Ordered(b.Else, facts, notes) },
                Repeat r => r with { Body = Ordered(r.Body, facts, notes) },
                _ => step,
            });
        }
        EndRun();
        return [.. all];

        void EndRun()
        {
            if (run.Count > 2 && facts.Order(run).Find() is { } order)
            {
                notes.Add(Name, run[0].Name, $"{run.Count} steps from here on run in another order, which needs fewer bytes");
                run = [.. order.Select(i => run[i])];
            }
            all.AddRange(run);
            run.Clear();
        }
    }

    private sealed class Facts(Program program)
    {
        private readonly Dictionary<string, Slot> slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        private readonly Dictionary<string, Kernel> kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        private readonly Bounds bounds = Bounds.Of(program);

        /// <summary>How often each slot is used.</summary>
        private readonly Dictionary<string, int> uses = program.Steps.Flat.SelectMany(s => s is CallKernel call ? call.Arguments : s.Asked is { } asked ? [asked] : [])
            .GroupBy(s => s, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

        public CallOrder Order(List<CallKernel> run)
        {
            // What other steps use is there through all of these, and makes no difference.
            string[] own = [.. run.SelectMany(c => c.Arguments).GroupBy(s => s, StringComparer.Ordinal).Where(g => slots[g.Key].Kind == SlotKind.Arena && g.Count() == uses[g.Key]).Select(g => g.Key)];
            var numbers = own.Index().ToDictionary(s => s.Item, s => s.Index, StringComparer.Ordinal);
            var after = After(run);
            return new([.. run.Select((call, i) => (call.Arguments.Distinct().Where(numbers.ContainsKey).Select(s => numbers[s]).ToArray(), after[i], Typical(bounds.Most(ScratchLayout.Of(kernels[call.Kernel]).Bytes))))],
                [.. own.Select(s => Typical(slots[s].Bytes))]);
        }

        /// <summary>For each call those that must come before it: what stores what it reads, what reads or stores what it stores over.</summary>
        private int[][] After(List<CallKernel> run)
        {
            var (after, stored, read, inputs) = (new HashSet<int>[run.Count], new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, List<int>>(StringComparer.Ordinal), new List<int>());
            foreach (var (i, call) in run.Index())
            {
                after[i] = [.. call.Arguments.Where(stored.ContainsKey).Select(s => stored[s])];
                var (reads, stores) = (call.Arguments[..kernels[call.Kernel].Inputs.Count], call.Arguments[kernels[call.Kernel].Inputs.Count..]);
                after[i].UnionWith(stores.SelectMany(s => read.GetValueOrDefault(s, [])));
                // A caller may lay an output over an input where all is read before anything is stored: that must stay so.
                if (stores.Any(s => slots[s].Kind == SlotKind.Output)) after[i].UnionWith(inputs);
                after[i].Remove(i);
                foreach (var s in reads)
                {
                    if (!read.TryGetValue(s, out var readers)) read[s] = readers = [];
                    readers.Add(i);
                }
                if (reads.Any(s => slots[s].Kind == SlotKind.Input)) inputs.Add(i);
                foreach (var s in stores) (stored[s], read[s]) = (i, []);
            }
            return [.. after.Select(a => a.ToArray())];
        }

        private static long Typical(Expr bytes) => Math.Max(0, Sizes.Guess(Arena.Aligned(bytes)));
    }
}
