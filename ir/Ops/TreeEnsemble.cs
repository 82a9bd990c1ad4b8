namespace Lathe.Ir.Ops;

/// <summary>What the leaves that a row of features leads to in each of many decision trees say together. ai.onnx.ml TreeEnsemble, opset 5, its lists as operands.</summary>
/// <param name="Depth">Nodes on the longest way from a root to a leaf.</param>
/// <param name="Aggregate">SUM, AVERAGE, MIN or MAX of the leaves.</param>
/// <remarks>
/// Operands: x [N, features]. Of each node: its feature; its threshold; how they are compared (0 ≤, 1 &lt;, 2 ≥, 3 &gt;, 4 =, 5 ≠); whether NaN counts
/// as true; what follows [nodes, 2] where it is false and where it is true: the place of a node, or ~ the number of a leaf. The roots, likewise. What
/// each leaf says [leaves, targets]; under MIN and MAX an infinity says nothing. Result: [N, targets].
/// </remarks>
[NotOfOnnx]
public sealed record TreeEnsemble(long Depth, string Aggregate = "SUM") : StatementOp
{
    private const int Features = 1, Splits = 2, Modes = 3, Missing = 4, Next = 5, Roots = 6, Leaves = 7;

    public override Seq<TensorType> Infer(Operands x)
    {
        Require(Aggregate is "SUM" or "AVERAGE" or "MIN" or "MAX", $"aggregate must be SUM, AVERAGE, MIN or MAX, it is {Aggregate}");
        Require(x.Real(0).Rank == 2 && x.Type(Leaves).Rank == 2, $"x and leaves must be matrices, they are {x.Type(0)} and {x.Type(Leaves)}");
        x.Alike(0, Splits, Leaves);
        Require(x.Shape(Leaves)[1] is Number, $"how many targets leaves {x.Type(Leaves)} speak of must be known when compiling");
        foreach (var feature in (x.Known(Features) ?? []).OfType<Number>()) x.Check((0 <= feature) & (feature < x.Shape(0)[1]), $"a node asks feature {feature} of {x.Type(0)}");
        foreach (var next in (x.Known(Next) ?? []).OfType<Number>()) if (next.Integer < 0) x.Check(~next.Integer < x.Shape(Leaves)[0], $"a node leads to leaf {~next.Integer} of {x.Type(Leaves)}");
        return [new([x.Shape(0)[0], x.Shape(Leaves)[1]], x.Scalar(0))];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var (y, targets) = (results[0], x.Shape(Leaves)[1]);
        var kind = y.Scalar;
        var node = new Buffer("node", Scalar.I64, []);
        var place = new Buffer("sum", kind, [targets]);
        Expr At() => Load.Of(node, []);
        var (fold, start) = Aggregate switch
        {
            "MIN" => ((Func<Expr, Expr, Expr>)Expr.Min, Reduce.Identity(ReduceKind.Min, kind)),
            "MAX" => (Expr.Max, Reduce.Identity(ReduceKind.Max, kind)),
            _ => ((a, b) => a + b, Number.Of(kind, 0.0)),
        };
        return Stmts.Parallel("n", x.Shape(0)[0], n => new Scratch(place, Stmts.Do(
            Stmts.For("t", targets, t => place.Set([t], start)),
            Stmts.For("tree", x.Shape(Roots)[0], tree => new Scratch(node, Stmts.Do(
                node.Set([], x[Roots]([tree])),
                Stmts.For("level", Depth, _ => Stmts.When(0 <= At(), node.Set([], Step(x, n, At())))),
                Stmts.For("t", targets, t => place.Set([t], fold(Load.Of(place, [t]), x[Leaves]([-1 - At(), t]))))))),
            Stmts.For("t", targets, t => y.Set([n, t], Whole(x, Load.Of(place, [t])))))));
    }

    /// <summary>What follows a node.</summary>
    private static Expr Step(Operands x, Expr n, Expr at)
    {
        var feature = x[0]([n, x[Features]([at])]);
        var (split, mode) = (x[Splits]([at]), x[Modes]([at]).As(Scalar.I64));
        var same = Expr.Same(feature, split);
        Expr[] tests = [feature <= split, feature < split, split <= feature, split < feature, same, Expr.Not(same)];
        var holds = tests.Index().Skip(1).Aggregate(tests[0], (all, test) => Expr.Select(Expr.Same(mode, test.Index), test.Item, all));
        var yes = Expr.Select(Call.Of(Function.IsNan, feature), x[Missing]([at]) | Expr.Same(mode, 5), holds);
        return x[Next]([at, Expr.Select(yes, 1, 0)]);
    }

    /// <summary>The result from what was folded.</summary>
    private Expr Whole(Operands x, Expr sum) => Aggregate switch
    {
        "AVERAGE" => sum / x.Shape(Roots)[0].As(sum.Type),
        "SUM" => sum,
        _ => Expr.Select(Call.Of(Function.IsInf, sum), 0, sum),
    };

    public override IEnumerable<Example> Examples() => [.. new[] { "SUM", "AVERAGE", "MIN", "MAX" }.Select(aggregate => new Example(this with { Depth = 2, Aggregate = aggregate },
        Operand.F32(5, 3), Operand.Constant(Scalar.I64, [4], 0, 1, 2, 0), Operand.Constant(Scalar.F32, [4], 0, 0.5, -0.5, 1), Operand.Constant(Scalar.U8, [4], 0, 1, 2, 3),
        Operand.Constant(Scalar.Bool, [4], 0, 1, 0, 1), Operand.Constant(Scalar.I64, [4, 2], 1, 2, -1, -2, -3, -4, -5, -6), Operand.Wholes(0, 3), Operand.F32(6, 2)))];
}
