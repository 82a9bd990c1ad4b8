using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What a round of a loop makes for the next is stored where the next reads it, in place of being copied there at the round's end.</summary>
/// <remarks>
/// That holds where nothing reads or stores the carried value between the first step that makes its successor and the copy. The step itself may read it
/// where it stores (<see cref="StoringOver"/>). The two values of a swap want each other's place: they keep a copy.
/// </remarks>
internal sealed class CarriedValues(Program program, SharedKernels kernels, IReadOnlySet<string> late, Notes notes)
{
    private readonly Dictionary<string, Slot> slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>The steps without the copies, and the slots that are gone.</summary>
    public (Seq<Step> Steps, IReadOnlyList<string> Gone) Stored(string pass)
    {
        var (steps, gone) = (program.Steps, new List<string>());
        while (steps.Flat.OfType<Repeat>().Select(loop => Without(loop, steps)).FirstOrDefault(found => found is not null) is var (loop, copy, body))
        {
            notes.Add(pass, copy.Name, $"{copy.Arguments[0]} is stored over what the round before left in {copy.Arguments[1]}");
            steps = With(steps, loop, loop with { Body = body });
            gone.Add(copy.Arguments[0]);
        }
        return (steps, gone);
    }

    /// <summary>A loop with one copy less; null where every copy is needed.</summary>
    private (Repeat Loop, CallKernel Copy, Seq<Step> Body)? Without(Repeat loop, Seq<Step> steps)
    {
        foreach (var (at, copy) in loop.Body.Index().Where(s => s.Item is CallKernel).Select(s => (s.Index, (CallKernel)s.Item)))
        {
            if (copy.Arguments is not [var made, var carried] || made == carried || !MayLieIn(made, carried) || kernels[copy.Kernel] is not { Inputs.Count: 1 } kernel || Views.Source(kernel) is null) continue;
            if (Touches(steps, made) != Touches(loop.Body, made) || loop.Body.Skip(at + 1).Any(s => Stores([s], made) || Stores([s], carried))) continue;
            var round = new Round(kernels, made, carried);
            if (round.Keeps(loop.Body.Take(at)) && round.IsMade) return (loop, copy, [.. round.Over(loop.Body.Where((_, i) => i != at)).Renamed(slot => slot == made ? carried : slot)]);
        }
        return null;
    }

    private bool MayLieIn(string made, string carried)
    {
        var (from, to) = (slots[made], slots[carried]);
        return from.Kind == SlotKind.Arena && to.Kind is SlotKind.Arena or SlotKind.Output && !late.Contains(carried) && from.Scalar == to.Scalar && Linear.ProvesNonNegative(to.Size - from.Size);
    }

    private static int Touches(IEnumerable<Step> steps, string slot) => steps.Flat.Sum(s => (s is CallKernel call ? call.Arguments.Count(a => a == slot) : 0) + (s.Asked == slot ? 1 : 0));

    private bool Stores(IEnumerable<Step> steps, string slot) => steps.Calls.Any(call => call.Arguments.Skip(kernels[call.Kernel].Inputs.Count).Contains(slot));

    private static Seq<Step> With(Seq<Step> steps, Repeat old, Repeat loop) => [.. steps.Select(step => ReferenceEquals(step, old) ? loop : step switch
    {
        Branch b => b with { Then = With(b.Then, old, loop), Else = With(b.Else, old, loop) },
        Repeat r => r with { Body = With(r.Body, old, loop) },
        _ => step,
    })];

    /// <summary>A walk through the steps of a round, up to the copy.</summary>
    private sealed class Round(SharedKernels kernels, string made, string carried)
    {
        /// <summary>What takes the place of a step that reads the carried value and makes the next: null for a copy, whose numbers are there already.</summary>
        private readonly Dictionary<CallKernel, CallKernel?> over = new(ReferenceEqualityComparer.Instance);

        /// <summary>Whether a step has stored what the round makes.</summary>
        public bool IsMade { get; private set; }

        /// <summary>Whether nobody asks for the carried value once its successor is stored, nor for the successor before.</summary>
        public bool Keeps(IEnumerable<Step> steps)
        {
            foreach (var step in steps)
            {
                if (IsMade ? step.Asked == carried : step.Asked == made) return false;
                switch (step)
                {
                    case CallKernel call when !Keeps(call): return false;
                    case Branch b:
                        var before = IsMade;
                        if (!Keeps(b.Then)) return false;
                        (var then, IsMade) = (IsMade, before);
                        if (!Keeps(b.Else)) return false;
                        IsMade |= then;
                        break;
                    // The rounds of a loop inside come after one another: what one stores the next would read.
                    case Repeat r when Touches([r], carried) > 0 && (IsMade || Touches([r], made) > 0) || !Keeps(r.Body): return false;
                }
            }
            return true;
        }

        private bool Keeps(CallKernel call)
        {
            var inputs = kernels[call.Kernel].Inputs.Count;
            var (reads, stores) = (call.Arguments[..inputs], call.Arguments[inputs..]);
            if (!IsMade && reads.Contains(made)) return false;
            if (!stores.Contains(made)) return !IsMade || !call.Arguments.Contains(carried);
            if (call.Arguments.Contains(carried))
            {
                if (IsMade || stores is not [_] || reads.Count(r => r == carried) != 1) return false;
                var whole = kernels[call.Kernel];
                if (Views.Source(whole) is not null)
                {
                    over[call] = null;
                    return IsMade = true;
                }
                var operand = reads.Index().First(r => r.Item == carried).Index;
                if (StoringOver.Of(whole, operand) is not { } kernel) return false;
                over[call] = call with { Kernel = kernels.Add(kernel).Name, Arguments = [.. call.Arguments.Where((_, i) => i != operand)] };
            }
            return IsMade = true;
        }

        /// <summary>The steps with those that store over the carried value in place of those that read it.</summary>
        public Seq<Step> Over(IEnumerable<Step> steps) => steps.MapCalls(call => over.TryGetValue(call, out var other) ? other : call);
    }
}
