using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gives every kernel a form for a GPU: what <see cref="ScheduleKernels"/> is for processors. Formulas stay as they are, no operator is named.</summary>
/// <param name="Device">The generation that sizes are chosen for, such as <c>sm_90</c>; <c>any</c>: of any maker, through ILGPU.</param>
[Description("gives outer loops to the threads of a GPU, in place of schedule_kernels")]
public sealed record MapKernels(string Device = "any") : ProgramPass
{
    public override Stage Stage => Stage.Schedule;

    public override bool IsDefault => false;

    /// <summary>A compile for a GPU: the passes of a pipeline, those left out that shape kernels for caches and vectors.</summary>
    /// <param name="device">As <see cref="Device"/>; a pipeline that names the pass says it itself.</param>
    public static Pipeline Instead(Pipeline pipeline, string device = "any")
    {
        Seq<Pass> kept = [.. pipeline.Passes.Where(p => p is not (ScheduleKernels or RowChains or PadRows))];
        return kept.Any(p => p is MapKernels) ? pipeline with { Passes = kept } : pipeline with { Passes = [.. kept.Where(p => p.Stage <= Stage.Schedule), new MapKernels(device), .. kept.Where(p => p.Stage > Stage.Schedule)] };
    }

    protected override Program Run(Program program, Compilation compilation)
    {
        var constants = program.Slots.Where(s => s.Kind == SlotKind.Weight).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var kernels = program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal);
        var forms = program.Steps.Calls.Select(call => new Form(call.Kernel, [.. call.Arguments.Select(constants.Contains)])).ToList();
        var chosen = forms.Distinct().AsParallel().AsOrdered().Select(form => (form, Of(kernels[form.Kernel], form))).ToDictionary(p => p.form, p => p.Item2);
        foreach (var (form, scheduled) in chosen) compilation.Notes.Add(Name, form.Kernel, scheduled.Template);
        // What runs in the compiler runs on the device instead, before the first run.
        var once = kernels.ToDictionary(k => k.Key, k => GridMapping.Map(k.Value), StringComparer.Ordinal);
        return new Packing(program, once).Program(forms.Select(form => (chosen[form], ((Expr, Scheduled)?)null)));
    }

    private Scheduled Of(Kernel kernel, Form form) =>
        GroupScheduler.Schedule(kernel, GpuDeviceModel.Of(Device), kernel.Inputs.Zip(form.IsWeight).Where(p => p.Second).Select(p => p.First.Name).ToHashSet(StringComparer.Ordinal));

    private sealed record Form(string Kernel, Seq<bool> IsWeight);
}
