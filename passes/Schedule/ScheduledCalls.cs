using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>The kernels of a lowered program in their fast forms. A kernel is scheduled once for each set of arguments that are weights: only those may be packed.</summary>
internal sealed class ScheduledCalls
{
    private readonly Form[] forms;
    private readonly Scheduled[] scheduled;
    private readonly (Expr Condition, Scheduled Scheduled)?[] few;
    private readonly TunedKernel?[] measured;
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
        var error = compilation.Exact ? 0 : mostError;
        var weights = forms.Select(form => kernels[form.Kernel].Inputs.Zip(form.IsWeight).Where(p => p.Second).Select(p => p.First.Name).ToHashSet(StringComparer.Ordinal)).ToArray();
        var rows = forms.Select((form, i) => FewRows.Find(kernels[form.Kernel], weights[i])).ToArray();
        // One after another: what is not known of a kernel is measured.
        var tuned = forms.Select((form, i) => (General: Tuned(i, kernels[form.Kernel]), Few: rows[i] is { } of ? Tuned(i, of.Kernel) : null)).ToArray();
        measured = [.. tuned.Select(t => t.General)];
        var headroom = new Headroom(program, compilation.MaxArena);
        var rooms = calls.GroupBy(c => c.Form).OrderBy(g => g.Key).Select(g => g.Min(c => headroom[c.Call])).ToArray();
        Parallel.For(0, forms.Length, i =>
        {
            scheduled[i] = Fitting(kernels[forms[i].Kernel], For(tuned[i].General), weights[i], rooms[i]);
            if (rows[i] is { } of) few[i] = (of.Condition, Fitting(of.Kernel, For(tuned[i].Few), weights[i], rooms[i]));
        });

        // Parts of a loop that threads share each have a slice of scratch, for some rows laid out. Fewer rows and fewer parts take less, are slower, and change no sum.
        Scheduled Fitting(Kernel kernel, Machine machine, HashSet<string> constants, long room)
        {
            Scheduled Of(Machine on) => Scheduler.Schedule(kernel, on, constants, error);
            var best = Of(machine);
            var bytes = headroom.Scratch(best.Kernel);
            foreach (var (tasks, height) in from tasks in Halves(machine.Tasks) from height in (long[])[long.MaxValue, 128, 64, 32, 16] select (tasks, height))
            {
                if (bytes <= room) break;
                if (Of(machine with { Tasks = tasks, BlockRows = height }) is var other && headroom.Scratch(other.Kernel) is var less && less < bytes)
                    (best, bytes) = (other with { Template = FormattableString.Invariant($"{other.Template}, in {tasks} parts{(height == long.MaxValue ? "" : $" of {height} rows")}: {room} bytes are left for its scratch") }, less);
            }
            return best;
        }

        Machine For(TunedKernel? known) => known is null ? compilation.Machine : compilation.Machine with { Chosen = known.Choice };

        TunedKernel? Tuned(int form, Kernel kernel) => compilation.Tuning?.Find(kernel, weights[form], compilation.Machine, error, () => Contents(form, kernel), program.Weights.Sum(w => w.Contents.Length));

        // Of the first call; what an earlier step in the compiler fills is not there yet.
        Dictionary<string, Bytes> Contents(int form, Kernel kernel)
        {
            var known = program.Weights.ToDictionary(w => w.Slot, w => w.Contents, StringComparer.Ordinal);
            var call = all.First(c => c.Form == forms[form]).Call;
            return kernel.Inputs.Zip(call.Arguments).Where(p => known.ContainsKey(p.Second)).DistinctBy(p => p.First.Name).ToDictionary(p => p.First.Name, p => known[p.Second], StringComparer.Ordinal);
        }
    }

    private static IEnumerable<int> Halves(int most)
    {
        for (; most > 0; most /= 2) yield return most;
    }

    /// <summary>What each kernel got, by its name as lowered.</summary>
    public IEnumerable<(string Kernel, Scheduled General, (Expr Condition, Scheduled Scheduled)? Few)> Kernels => forms.Select((form, i) => (form.Kernel, scheduled[i], few[i]));

    /// <summary>Kernels whose schedule was measured, by their names as lowered.</summary>
    public IEnumerable<(string Kernel, TunedKernel Tuned)> Measured => forms.Zip(measured).Where(p => p.Second is not null).Select(p => (p.First.Kernel, p.Second!));

    /// <summary>What each call got, in the order of the text.</summary>
    public IEnumerable<(CallKernel Call, Scheduled General, (Expr Condition, Scheduled Scheduled)? Few)> Calls => calls.Select(c => (c.Call, scheduled[c.Form], few[c.Form]));

    private sealed record Form(string Kernel, Seq<bool> IsWeight);
}
