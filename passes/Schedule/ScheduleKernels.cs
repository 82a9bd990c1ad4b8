using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gives every kernel a fast form for the machine. Weights that a form wants packed are packed once, in the compiler.</summary>
[Description("gives each kernel tiles, vectors and threads for the machine; packs weights")]
/// <param name="MostError">What an algorithm that rounds more than the plain sum may be off by in one layer, as a share of its largest result: half of what a model may be. 0 with <c>--exact</c>.</param>
public sealed record ScheduleKernels(double MostError = 5e-6) : ProgramPass
{
    public override Stage Stage => Stage.Schedule;

    protected override Program Run(Program program, Compilation compilation)
    {
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var constants = program.Slots.Where(s => s.Kind == SlotKind.Weight).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        // A kernel is scheduled once for each set of arguments that are weights: only those may be packed.
        var calls = program.Steps.Calls.Select(call => (Call: call, Form: new Form(call.Kernel, [.. call.Arguments.Select(constants.Contains)]))).ToList();
        var forms = calls.Select(c => c.Form).Distinct().ToArray();
        var scheduled = new Scheduled[forms.Length];
        var few = new (Expr Condition, Scheduled Scheduled)?[forms.Length];
        Parallel.For(0, forms.Length, i =>
        {
            var kernel = kernels[forms[i].Kernel];
            var weights = kernel.Inputs.Zip(forms[i].IsWeight).Where(p => p.Second).Select(p => p.First.Name).ToHashSet(StringComparer.Ordinal);
            var error = compilation.Exact ? 0 : MostError;
            scheduled[i] = Scheduler.Schedule(kernel, compilation.Machine, weights, error);
            if (FewRows.Find(kernel, weights) is { } rows) few[i] = (rows.Condition, Scheduler.Schedule(rows.Kernel, compilation.Machine, weights, error));
        });
        for (var i = 0; i < forms.Length; i++)
            compilation.Notes.Add(Name, forms[i].Kernel, few[i] is { } rows ? $"{scheduled[i].Template}; where {rows.Condition}, {rows.Scheduled.Template}" : scheduled[i].Template);
        return new Packing(program, kernels).Program(calls.Select(c => Array.IndexOf(forms, c.Form)).Select(form => (scheduled[form], few[form])));
    }

    private sealed record Form(string Kernel, Seq<bool> IsWeight);
}
