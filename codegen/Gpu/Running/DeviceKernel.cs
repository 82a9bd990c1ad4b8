using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>A kernel loaded on a device.</summary>
/// <param name="Grid">How many groups of how many threads a launch has at most.</param>
internal sealed class DeviceKernel(GpuDevice device, KernelSource source, Assembly assembly, (int Groups, int Threads) grid)
{
    private readonly Dictionary<int, Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]>> launches = [];

    public KernelSource Source => source;

    /// <summary>Does what the host does for one call.</summary>
    /// <param name="views">Memory of each argument.</param>
    /// <param name="scratch">Memory for scratch.</param>
    /// <param name="symbols">The number of each dimension.</param>
    public void Run(ArrayView<byte>[] views, ArrayView<byte> scratch, IReadOnlyDictionary<string, long> symbols)
    {
        var rounds = new Dictionary<Axis, Expr>();
        long Number(Expr e) => Dimensions.Evaluate(rounds.Count == 0 ? e : e.Substitute(rounds.Select(r => (r.Key, r.Value))), symbols);
        Steps(source.Steps);

        void Steps(Seq<LaunchStep> steps)
        {
            foreach (var step in steps)
            {
                if (step is LaunchOnce once) Launch(once);
                else if (step is LaunchRounds loop)
                {
                    var count = Number(loop.Axis.Extent);
                    for (var i = 0L; i < count; i++)
                    {
                        rounds[loop.Axis] = i;
                        Steps(loop.Body);
                    }
                    rounds.Remove(loop.Axis);
                }
            }
        }

        void Launch(LaunchOnce once)
        {
            var threads = Number(once.Threads);
            if (threads <= 0) return;
            var group = (int)Math.Min(threads, grid.Threads);
            var config = new KernelConfig((int)Math.Min((threads + group - 1) / group, grid.Groups), group);
            Load(once.Number)(device.Accelerator.DefaultStream, config, [.. once.Buffers.Select(i => views[i]), .. once.UsesScratch ? (ArrayView<byte>[])[scratch] : []], [.. once.Numbers.Select(Number)]);
        }
    }

    private Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]> Load(int number)
    {
        if (launches.TryGetValue(number, out var known)) return known;
        var method = assembly.GetType(source.Name)!.GetMethod(number == 0 ? "Run" : FormattableString.Invariant($"Run{number}"))!;
        var bind = assembly.GetType(source.Name + "Launches")!.GetMethod(FormattableString.Invariant($"Bind{number}"))!;
        return launches[number] = (Action<AcceleratorStream, KernelConfig, ArrayView<byte>[], long[]>)bind.Invoke(null, [device.Accelerator.LoadKernel(method)])!;
    }
}
