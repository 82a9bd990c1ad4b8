using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>Loops shared among threads.</summary>
public static class Shares
{
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
