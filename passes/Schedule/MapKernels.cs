using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gives every kernel a form for a GPU: what <see cref="ScheduleKernels"/> is for processors. Formulas stay as they are, no operator is named.</summary>
[Description("gives outer loops to the threads of a GPU, in place of schedule_kernels")]
public sealed record MapKernels : ProgramPass
{
    public override Stage Stage => Stage.Schedule;

    public override bool IsDefault => false;

    /// <summary>A compile for a GPU: the passes of a pipeline, those left out that shape kernels for caches and vectors.</summary>
    public static Pipeline Instead(Pipeline pipeline)
    {
        Seq<Pass> kept = [.. pipeline.Passes.Where(p => p is not (ScheduleKernels or RowChains or PadRows))];
        return kept.Any(p => p is MapKernels) ? pipeline with { Passes = kept } : pipeline with { Passes = [.. kept.Where(p => p.Stage <= Stage.Schedule), new MapKernels(), .. kept.Where(p => p.Stage > Stage.Schedule)] };
    }

    protected override Program Run(Program program, Compilation compilation) => program with { Kernels = [.. program.Kernels.AsParallel().AsOrdered().Select(GridMapping.Map)] };
}
