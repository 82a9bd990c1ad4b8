using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>
/// A lowered kernel for a GPU: outer loops whose iterations may run in any order become one parallel loop, a thread an iteration; what stands around
/// them is done by the host, a launch after another, and what does not split is done by one thread.
/// </summary>
public static class GridMapping
{
    /// <summary>Most bytes of scratch that a thread keeps in memory of its own.</summary>
    private const long MostLocal = 4096;

    /// <summary>Most threads that have a slice of scratch in the arena.</summary>
    private const long MostSlices = 2048;

    public static Kernel Map(Kernel kernel)
    {
        var moved = new Dictionary<Buffer, BufferAccess>();
        var body = Visit(kernel.Body, moved);
        return (kernel with { Body = body }).Over(kernel.Name, moved);
    }

    private static Stmt Visit(Stmt stmt, Dictionary<Buffer, BufferAccess> moved)
    {
        switch (stmt)
        {
            case Block block: return Do(block.Steps.Select(s => Visit(s, moved)).ToList());
            case Loop loop: return Visit(loop, moved);
            case Scratch scratch:
                var body = Visit(scratch.Body, moved);
                // Launches hand it on: it cannot live in a thread.
                if (HasGrid(body) && scratch.Buffer.Space == Space.Registers) moved[scratch.Buffer] = BufferAccess.To(scratch.Buffer with { Space = Space.Arena });
                return new Scratch(scratch.Buffer, body);
            default: return stmt;
        }
    }

    private static Stmt Visit(Loop loop, Dictionary<Buffer, BufferAccess> moved)
    {
        var (axes, body) = (new List<Axis>(), (Stmt)loop);
        for (; body is Loop l && !l.Axis.Extent.Parts().Any(p => p is Load || p is Axis a && axes.Contains(a)) && Independence.Holds(l.Axis, l.Body); body = l.Body) axes.Add(l.Axis);
        if (axes.Count == 0)
        {
            // The host counts rounds, so it must know how many there are.
            var rounds = loop.Axis.Extent.Parts().Any(p => p is Load) ? loop.Body : Visit(loop.Body, moved);
            return new Loop(LoopKind.For, loop.Axis, rounds);
        }
        foreach (var scratch in body.All.OfType<Scratch>().Select(s => s.Buffer).Where(b => b.Space == Space.Arena && b.Size is Number n && b.Scalar.Bytes(n.Integer) <= MostLocal))
            moved[scratch] = BufferAccess.To(scratch with { Space = Space.Registers });
        var flat = new Flattened([.. InMemory(axes, body)]);
        Stmt At(Expr i) => body.Map(e => e.Substitute(flat.At(i)));
        return body.All.Any(s => s is Scratch { Buffer: { Space: Space.Arena } b } && !moved.ContainsKey(b)) ? InTurns(flat.Extent, At) : ParallelOnce("t", flat.Extent, At);
    }

    /// <summary>Axes in the order of the memory that is stored to, so that neighbouring threads store side by side.</summary>
    private static IEnumerable<Axis> InMemory(List<Axis> axes, Stmt body)
    {
        if (body is not Store store) return axes;
        var place = Linear.Of(store.Buffer.Flat(store.At));
        return axes.Exists(axis => place[axis] <= 0) ? axes : axes.OrderByDescending(axis => place[axis]);
    }

    /// <summary>So many threads that each can have a slice of scratch; each takes several iterations.</summary>
    private static Stmt InTurns(Expr extent, Func<Expr, Stmt> body)
    {
        var threads = extent is Number { Integer: <= MostSlices } ? extent : Linear.Simplify(Expr.Min(extent, MostSlices));
        if (threads == extent) return ParallelOnce("t", extent, body);
        return ParallelOnce("t", threads, t =>
        {
            var (from, to) = (Linear.Simplify(t * extent / Expr.Max(threads, 1)), Linear.Simplify((t * extent + extent) / Expr.Max(threads, 1)));
            return For("i", Linear.Simplify(to - from), i => body(Linear.Simplify(from + i)));
        });
    }

    /// <summary>A parallel loop even where there is one iteration: a launch.</summary>
    private static Stmt ParallelOnce(string name, Expr extent, Func<Expr, Stmt> body)
    {
        var axis = new Axis(name, extent);
        return new Loop(LoopKind.Parallel, axis, body(extent is Number { Integer: 1 } ? 0 : axis));
    }

    private static bool HasGrid(Stmt stmt) => stmt.All.Any(s => s is Loop { Kind: LoopKind.Parallel });
}
