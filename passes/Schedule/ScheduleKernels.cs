using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gives every kernel a fast form for the machine. Weights that a form wants packed are packed once, in the compiler.</summary>
/// <param name="MostError">What an algorithm that rounds more than the plain sum may be off by in one layer, as a share of its largest result: half of what a model may be. 0 with <c>--exact</c>.</param>
[Description("gives each kernel tiles, vectors and threads for the machine; packs weights")]
public sealed record ScheduleKernels(double MostError = 5e-6) : ProgramPass
{
    public override Stage Stage => Stage.Schedule;

    protected override Program Run(Program program, Compilation compilation)
    {
        // Where memory is short, kernels are given what values leave of it, so their order comes first.
        if (compilation.MaxArena is not null) program = new Reorder().Run(new Module(program), compilation).MustBeProgram;
        var all = new ScheduledCalls(program, compilation, MostError);
        foreach (var (kernel, general, few) in all.Kernels)
            compilation.Notes.Add(Name, kernel, few is { } rows ? $"{general.Template}; where {rows.Condition}, {rows.Scheduled.Template}" : general.Template);
        foreach (var (kernel, general, _) in all.Kernels) foreach (var why in general.Why) compilation.Notes.Add(Name, kernel, why);
        foreach (var (kernel, tuned) in all.Measured)
        {
            compilation.Notes.Add(Name, kernel, FormattableString.Invariant($"measured: {tuned.Choice}, {tuned.Microseconds} us{(tuned.Choice == ScheduleChoice.Model ? "" : $" against {tuned.ModelMicroseconds} us of the cost model's choice")}, the best of {tuned.Tried}"));
        }
        foreach (var (call, general, _) in all.Calls) compilation.Paces[call.Name] = general.Pace;
        return new Packing(program, program.Kernels.ToDictionary(k => k.Name, StringComparer.Ordinal)).Program(all.Calls.Select(c => (c.General, c.Few)));
    }
}
