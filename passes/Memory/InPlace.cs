using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A step that reads a value only where it stores, and is its last reader, stores into it; so does what makes the next round's value of one that a loop carries.</summary>
[Description("stores a result over an operand that is read for the last time, at the same place")]
public sealed record InPlace : ProgramPass
{
    public override Stage Stage => Stage.Lower;
    public override Seq<string> After => ["lower", "precompute", "row_chains"];

    protected override Program Run(Program program, Compilation compilation)
    {
        var slots = program.Slots.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var (shared, bounds) = (new SharedKernels(program.Kernels), Bounds.Of(program));
        // An output whose size a run decides is checked where it is stored: no step before may store there.
        var late = program.Outputs.Where(v => v.Type.Shape.Any(e => bounds.BoundIn(e).Any())).Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        var (steps, without) = new CarriedValues(program, shared, late, compilation.Notes).Stored(Name);
        foreach (var name in without) slots.Remove(name);
        var (calls, lives) = (steps.Calls.ToList(), new Lifetimes(steps));
        for (var place = 0; place < calls.Count; place++)
        {
            var call = calls[place];
            var kernel = shared[call.Kernel];
            if (kernel.Outputs.Count != 1) continue;
            for (var operand = 0; operand < kernel.Inputs.Count; operand++)
            {
                var (from, to) = (slots[call.Arguments[operand]], slots[call.Arguments[^1]]);
                if (from.Kind != SlotKind.Arena || to.Kind is not (SlotKind.Arena or SlotKind.Output) || late.Contains(to.Name) || from.Scalar != to.Scalar || !Linear.ProvesEqual(from.Size, to.Size)) continue;
                // The operand ends where the result begins: neither goes round a loop, nor is the result stored elsewhere before.
                if (call.Arguments.Count(a => a == from.Name) > 1 || lives[from.Name].Last != lives.Places[call] || lives[to.Name].First != lives.Places[call] || Elsewhere(calls, lives, call, from, to) || StoringOver.Of(kernel, operand) is not { } over) continue;
                var (arguments, named) = ((Seq<string>)[.. call.Arguments.Where((_, n) => n != operand)], shared.Add(over).Name);
                // One slot for both: that of the caller where the result is an output.
                var (kept, gone) = to.Kind == SlotKind.Output ? (to, from) : (from, to);
                slots.Remove(gone.Name);
                steps = steps.MapCalls(c => ReferenceEquals(c, call) ? c with { Kernel = named, Arguments = arguments } : c).Renamed(slot => slot == gone.Name ? kept.Name : slot);
                (calls, lives) = (steps.Calls.ToList(), new Lifetimes(steps));
                compilation.Notes.Add(Name, call.Name, $"stores over {from.Name}");
                break;
            }
        }
        var called = steps.Calls.Concat(program.Once).Select(s => s.Kernel).ToHashSet(StringComparer.Ordinal);
        return Arena.Apart(program with
        {
            Slots = [.. program.Slots.Where(s => slots.ContainsKey(s.Name))],
            Kernels = [.. shared.All.Where(k => called.Contains(k.Name))],
            Steps = steps,
        });
    }

    /// <summary>Whether the other side of a branch touches one of two slots at the very place of a call.</summary>
    private static bool Elsewhere(List<CallKernel> calls, Lifetimes lives, CallKernel call, Slot from, Slot to) =>
        calls.Exists(c => !ReferenceEquals(c, call) && lives.Places[c] == lives.Places[call] && c.Arguments.Any(a => a == from.Name || a == to.Name));
}
