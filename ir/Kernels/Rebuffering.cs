namespace Lathe.Ir;

/// <summary>What takes a buffer's place in a kernel, and how it is read and stored to.</summary>
/// <param name="Buffer">The new one.</param>
/// <param name="Read">A number, given the indices of the old one and what lies outside it.</param>
/// <param name="Set">The store of a number there.</param>
public sealed record BufferAccess(Buffer Buffer, Func<Seq<Expr>, Expr?, Expr> Read, Func<Seq<Expr>, Expr, Stmt> Set)
{
    /// <summary>The same indices into another buffer.</summary>
    public static BufferAccess To(Buffer buffer) => new(buffer, (at, outside) => Load.Of(buffer, at, outside), (at, value) => new Store(buffer, at, value));
}

/// <summary>Kernels over other buffers than they were written for.</summary>
public static class Rebuffering
{
    /// <summary>The kernel with some of its buffers replaced, everywhere: arguments and arrays of its own.</summary>
    /// <param name="kernel">Lowered or scheduled.</param>
    /// <param name="name">Of the result.</param>
    /// <param name="accesses">By the buffer that goes.</param>
    public static Kernel Over(this Kernel kernel, string name, IReadOnlyDictionary<Buffer, BufferAccess> accesses)
    {
        Seq<Buffer> Renewed(Seq<Buffer> buffers) => [.. buffers.Select(b => accesses.TryGetValue(b, out var access) ? access.Buffer : b)];
        return new(name, Renewed(kernel.Inputs), Renewed(kernel.Outputs), Statement(kernel.Body));

        Stmt Statement(Stmt stmt) => stmt switch
        {
            Loop l => new Loop(l.Kind, l.Axis, Statement(l.Body)),
            Block b => new Block([.. b.Steps.Select(Statement)]),
            Scratch s => new Scratch(accesses.TryGetValue(s.Buffer, out var access) ? access.Buffer : s.Buffer, Statement(s.Body)),
            Store s when accesses.TryGetValue(s.Buffer, out var access) => access.Set([.. s.At.Select(Formula)], Formula(s.Value)),
            Store s => new Store(s.Buffer, [.. s.At.Select(Formula)], Formula(s.Value)),
            Guard g => Stmts.When(Formula(g.Condition), Statement(g.Body)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        Expr Formula(Expr formula) => formula.Replace(part => part is Load load && accesses.TryGetValue(load.Buffer, out var access)
            ? access.Read([.. load.At.Select(Formula)], load.Outside is { } outside ? Formula(outside) : null) : null);
    }
}
