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
        Parallel.For(0, forms.Length, i =>
        {
            var kernel = kernels[forms[i].Kernel];
            var weights = kernel.Inputs.Zip(forms[i].IsWeight).Where(p => p.Second).Select(p => p.First.Name).ToHashSet(StringComparer.Ordinal);
            var error = compilation.Exact ? 0 : mostError;
            scheduled[i] = Scheduler.Schedule(kernel, compilation.Machine, weights, error);
            if (FewRows.Find(kernel, weights) is { } rows) few[i] = (rows.Condition, Scheduler.Schedule(rows.Kernel, compilation.Machine, weights, error));
        });
    }

    /// <summary>What each kernel got, by its name as lowered.</summary>
    public IEnumerable<(string Kernel, Scheduled General, (Expr Condition, Scheduled Scheduled)? Few)> Kernels => forms.Select((form, i) => (form.Kernel, scheduled[i], few[i]));

    /// <summary>What each call got, in the order of the text.</summary>
    public IEnumerable<(CallKernel Call, Scheduled General, (Expr Condition, Scheduled Scheduled)? Few)> Calls => calls.Select(c => (c.Call, scheduled[c.Form], few[c.Form]));

    private sealed record Form(string Kernel, Seq<bool> IsWeight);
}
