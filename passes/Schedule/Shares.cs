using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>Loops shared among threads.</summary>
public static class Shares
{
    /// <summary>Microseconds of one thread's work from which handing half of it to another, about 2 μs there and back, is worth it.</summary>
    private const double WorthSharing = 6;

    /// <summary>A loop whose iterations are shared among threads where that pays.</summary>
    public static Stmt Shared(this Machine machine, bool pays, string name, Expr extent, Func<Expr, Stmt> body) => pays ? machine.Shared(name, extent, body) : For(name, extent, body);

    /// <summary>Whether a contraction takes long enough to be shared: the longer of its multiply-adds, two vectors a cycle, and its reads of B once, about ten bytes a cycle.</summary>
    public static bool Pays(this Machine machine, Contraction contraction)
    {
        const double cycles = 3000; // of a microsecond
        double Size(IEnumerable<Axis> axes) => axes.Aggregate(1.0, (size, axis) => size * (axis.Extent is Number n ? n.Integer : 1 << 10));
        var shared = Size(contraction.Batch);
        var (steps, bytes) = (shared * Size(contraction.M) * Size(contraction.N) * Size(contraction.K), 4 * shared * Size(contraction.N) * Size(contraction.K));
        return Math.Max(steps / (2 * machine.Lanes), bytes / 10) / cycles > WorthSharing;
    }

    /// <summary>A loop split evenly into at most <see cref="Machine.Tasks"/> parts: so many slices of scratch there are, and sums do not depend on the number of threads.</summary>
    public static Stmt Shared(this Machine machine, string name, Expr extent, Func<Expr, Stmt> body)
    {
        if (extent is Number { Integer: var known } && known <= machine.Tasks) return Parallel("p", extent, body);
        var each = Linear.Simplify((extent + (machine.Tasks - 1)) / machine.Tasks);
        return Parallel("p", machine.Tasks, p => For(name, each, i =>
        {
            var at = Linear.Simplify(p * each + i);
            return When(extent is Number n && n.Integer % machine.Tasks == 0 ? true : at < extent, body(at));
        }));
    }
}
