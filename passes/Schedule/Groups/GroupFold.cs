using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>Joins a number of each thread of a group into one that all have: in a warp threads read one another's registers, warps meet in shared memory.</summary>
internal sealed class GroupFold
{
    private readonly Axis thread;
    private readonly ReduceKind kind;
    private readonly List<Buffer> levels = [];
    private readonly Buffer? warps;

    public GroupFold(string name, ReduceKind kind, Scalar scalar, Axis thread)
    {
        (this.thread, this.kind) = (thread, kind);
        var threads = thread.Extent.Whole;
        for (var apart = Math.Min(threads, GpuDeviceModel.Warp); apart >= 1; apart /= 2) levels.Add(new(FormattableString.Invariant($"{name}.{apart}"), scalar, [threads], Space.Registers));
        if (threads <= GpuDeviceModel.Warp) return;
        levels.Add(new($"{name}.all", scalar, [threads], Space.Registers));
        warps = new($"{name}.warps", scalar, [threads / GpuDeviceModel.Warp], Space.Shared);
    }

    /// <summary>What each thread has before.</summary>
    public Buffer Own => levels[0];

    /// <summary>What all threads have after.</summary>
    public Buffer All => levels[^1];

    public Stmt Around(Stmt body) => (warps is null ? levels : levels.Append(warps)).Aggregate(body, (inside, buffer) => new Scratch(buffer, inside));

    public Stmt Join()
    {
        var steps = new List<Stmt>();
        var apart = Math.Min(thread.Extent.Whole, GpuDeviceModel.Warp) / 2;
        foreach (var (from, to) in levels.Zip(levels.Skip(1)))
        {
            if (apart == 0) break;
            var other = apart;
            steps.Add(Threads(thread, t => to.Set([t], Reduce.Combine(kind, from[t], from[t ^ other]))));
            apart /= 2;
        }
        if (warps is null) return Do(steps);
        var each = levels[^2];
        steps.Add(Threads(thread, t => When(Expr.Same(t % GpuDeviceModel.Warp, 0), warps.Set([t / GpuDeviceModel.Warp], each[t]))));
        steps.Add(Threads(thread, t => All.Set([t], Enumerable.Range(0, (int)warps.Shape[0].Whole).Select(w => warps[w]).Aggregate((x, y) => Reduce.Combine(kind, x, y)))));
        return Do(steps);
    }
}
