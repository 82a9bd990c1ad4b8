namespace Lathe.Ir;

/// <summary>How much a kernel does, read off its formulas: as lowered, so that a faster algorithm does not count less.</summary>
public static class Work
{
    /// <summary>Arithmetic on reals: an addition, a multiplication or a function is one, a fused multiply-add two.</summary>
    public static Expr Flops(Kernel kernel) => Linear.Simplify(Of(kernel.Body));

    /// <summary>Of a step with the graphs inside it: a branch is the larger one, a loop its rounds at most, or one round where nothing bounds them.</summary>
    public static Expr Flops(Node node) => node.Op switch
    {
        Ops.Measure => 0,
        Ops.If => node.Regions.Select(Flops).Aggregate(Expr.Max),
        Ops.Loop loop => (Linear.Range(loop.MostRounds).Low >= Symbol.Unbounded ? 1 : loop.MostRounds) * Flops(node.Regions[0]),
        _ => Flops(Lowering.Lower(node)),
    };

    private static Expr Flops(Graph graph) => graph.Nodes.Aggregate((Expr)0, (sum, node) => sum + Flops(node));

    /// <summary>Bytes that must be read and written: every input and output once.</summary>
    public static Expr Bytes(Kernel kernel) => kernel.Inputs.Concat(kernel.Outputs).Aggregate((Expr)0, (sum, b) => Linear.Simplify(sum + (b.Size * b.Scalar.Bits + 7) / 8));

    private static Expr Of(Stmt stmt) => stmt switch
    {
        Loop l => l.Axis.Extent * Of(l.Body),
        Store s => Of(s.Value, new(ReferenceEqualityComparer.Instance)),
        _ => stmt.Inner.Aggregate((Expr)0, (sum, inner) => sum + Of(inner)),
    };

    /// <summary>Each shared part counts once in its scope.</summary>
    private static Expr Of(Expr e, HashSet<Expr> seen)
    {
        if (!seen.Add(e)) return 0;
        if (e is Reduce reduce)
            return reduce.Axes.Aggregate((Expr)1, (size, axis) => size * axis.Extent) * (Of(reduce.Body, new(ReferenceEqualityComparer.Instance)) + 1);
        Expr own = e switch
        {
            Binary { A.Type.IsReal: true } => 1,
            Call { Function: Function.Fma } => 2,
            Call { Function: not Function.Select, Type.IsReal: true } => 1,
            _ => 0,
        };
        return e is Load ? own : e.Children.Aggregate(own, (sum, child) => sum + Of(child, seen));
    }
}
