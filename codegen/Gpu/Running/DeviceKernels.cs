using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A program's kernels, compiled for a device.</summary>
internal interface IDeviceKernels : IDisposable
{
    /// <summary>The kernel's launches; they are numbered.</summary>
    KernelSource Source(string kernel);

    /// <summary>Asks for one launch; it may not be done yet when this returns.</summary>
    /// <param name="launch">One of the kernel's.</param>
    /// <param name="groups">How many groups of threads, or where the kernel does not say how many threads a group has, how many threads.</param>
    /// <param name="arguments">Memory of each argument of the kernel.</param>
    /// <param name="scratch">Memory for scratch.</param>
    /// <param name="number">The value of a dimension or of a round around the launch.</param>
    void Launch(KernelSource kernel, LaunchOnce launch, long groups, DevicePlace[] arguments, DevicePlace scratch, Func<Expr, long> number);
}

/// <summary>What the host does for one call of a kernel: launches, and loops around them.</summary>
internal static class HostSteps
{
    /// <param name="symbols">The number of each dimension.</param>
    public static void Call(this IDeviceKernels kernels, string name, DevicePlace[] arguments, DevicePlace scratch, IReadOnlyDictionary<string, long> symbols)
    {
        var source = kernels.Source(name);
        var rounds = new Dictionary<Axis, Expr>();
        long Number(Expr e) => Dimensions.Evaluate(rounds.Count == 0 ? e : e.Substitute(rounds.Select(r => (r.Key, r.Value))), symbols);
        Walk(source.Steps);

        void Walk(Seq<LaunchStep> steps)
        {
            foreach (var step in steps)
            {
                if (step is LaunchOnce once && Number(once.Groups) is > 0 and var groups)
                {
                    if (once.GroupThreads > 0 && groups > int.MaxValue) throw TooMany(name, groups);
                    kernels.Launch(source, once, groups, arguments, scratch, Number);
                }
                else if (step is LaunchRounds loop)
                {
                    var count = Number(loop.Axis.Extent);
                    for (var i = 0L; i < count; i++)
                    {
                        rounds[loop.Axis] = i;
                        Walk(loop.Body);
                    }
                    rounds.Remove(loop.Axis);
                }
            }
        }
    }

    private static DiagnosticException TooMany(string name, long groups) =>
        new(new Diagnostic("LT4310", FormattableString.Invariant($"{name}: {groups} groups of threads, a launch has at most {int.MaxValue}"), "", "give smaller dimensions (--dim), or --target=cpu"));
}
