using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>The kernels of a lowered program in their fast forms. A kernel is scheduled once for each set of arguments that are weights: only those may be packed.</summary>
internal sealed class ScheduledCalls
{
    private readonly Form[] forms;
    private readonly Scheduled[] scheduled;
    private readonly (Expr Condition, Scheduled Scheduled)?[] few;
    private readonly List<(CallKernel Call, int Form)> calls;

    /// <param name="mostError">What an algorithm that rounds more than the plain sum may be off by in one layer, as a share of its largest result.</param>
    public ScheduledCalls(Program program, Compilation compilation, double mostError)
    {
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var constants = program.Slots.Where(s => s.Kind == SlotKind.Weight).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var all = program.Steps.Calls.Select(call => (Call: call, Form: new Form(call.Kernel, [.. call.Arguments.Select(constants.Contains)]))).ToList();
        forms = [.. all.Select(c => c.Form).Distinct()];
        (scheduled, few) = (new Scheduled[forms.Length], new (Expr, Scheduled)?[forms.Length]);
        calls = [.. all.Select(c => (c.Call, Array.IndexOf(forms, c.Form)))];
        var headroom = new Headroom(program, compilation.MaxArena);
        var rooms = calls.GroupBy(c => c.Form).OrderBy(g => g.Key).Select(g => g.Min(c => headroom[c.Call])).ToArray();
        Parallel.For(0, forms.Length, i =>
        {
            var kernel = kernels[forms[i].Kernel];
            var weights = kernel.Inputs.Zip(forms[i].IsWeight).Where(p => p.Second).Select(p => p.First.Name).ToHashSet(StringComparer.Ordinal);
            scheduled[i] = Fitting(kernel, weights, rooms[i]);
            if (FewRows.Find(kernel, weights) is { } rows) few[i] = (rows.Condition, Fitting(rows.Kernel, weights, rooms[i]));
        });

        // Parts of a loop that threads share each have a slice of scratch, for some rows laid out. Fewer rows and fewer parts take less, are slower, and change no sum.
        Scheduled Fitting(Kernel kernel, HashSet<string> weights, long room)
        {
            var machine = compilation.Machine;
            Scheduled Of(Machine on) => Scheduler.Schedule(kernel, on, weights, compilation.Exact ? 0 : mostError);
            var best = Of(machine);
            var bytes = headroom.Scratch(best.Kernel);
            foreach (var (tasks, rows) in from tasks in Halves(machine.Tasks) from rows in (long[])[long.MaxValue, 128, 64, 32, 16] select (tasks, rows))
            {
                if (bytes <= room) break;
                if (Of(machine with { Tasks = tasks, BlockRows = rows }) is var other && headroom.Scratch(other.Kernel) is var less && less < bytes)
                    (best, bytes) = (other with { Template = FormattableString.Invariant($"{other.Template}, in {tasks} parts{(rows == long.MaxValue ? "" : $" of {rows} rows")}: {room} bytes are left for its scratch") }, less);
            }
            return best;
        }
    }

    private static IEnumerable<int> Halves(int most)
    {
        for (; most > 0; most /= 2) yield return most;
    }

    /// <summary>What each kernel got, by its name as lowered.</summary>
    public IEnumerable<(string Kernel, Scheduled General, (Expr Condition, Scheduled Scheduled)? Few)> Kernels => forms.Select((form, i) => (form.Kernel, scheduled[i], few[i]));

    /// <summary>What each call got, in the order of the text.</summary>
    public IEnumerable<(CallKernel Call, Scheduled General, (Expr Condition, Scheduled Scheduled)? Few)> Calls => calls.Select(c => (c.Call, scheduled[c.Form], few[c.Form]));

    private sealed record Form(string Kernel, Seq<bool> IsWeight);
}
