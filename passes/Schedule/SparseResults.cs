using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.Passes;

/// <summary>What becomes of the sums of a panel of outputs with rows in lanes: they are turned round where the result lies along outputs, and leave through the rest of the formula.</summary>
internal sealed class SparseResults
{
    private readonly Contraction contraction;
    private readonly LaneRows lanes;
    private readonly SparseSteps steps;
    private readonly Flattened columns;
    private readonly long panel, panels;
    private readonly Ir.Buffer sums, turned, totals;

    /// <param name="panel">Outputs of a panel.</param>
    public SparseResults(Contraction contraction, LaneRows lanes, SparseSteps steps, Flattened columns, long panel)
    {
        (this.contraction, this.lanes, this.steps, this.columns, this.panel) = (contraction, lanes, steps, columns, panel);
        panels = Placement.Up(columns.Static, panel);
        LieAlongRows = lanes.LiesAlong(contraction.Output.Buffer.Flat(contraction.Output.At));
        var name = contraction.Output.Buffer.Name;
        sums = new($"{name}.sums", steps.Sums, [panel, lanes.Block], Space.Arena);
        turned = new($"{name}.turned", steps.Sums, [SparseRows.Turn, panel], Space.Arena);
        totals = new($"{name}.totals", Scalar.I32, [columns.Static]);
    }

    /// <summary>Whether neighbouring rows of the result are neighbours in memory.</summary>
    public bool LieAlongRows { get; }

    /// <summary>The sums of codes of each output, for A's zero point; worked out in the compiler.</summary>
    /// <param name="code">A code of the weights, 0 where none is kept.</param>
    public Kernel Totals(Expr code) => Kernel.Over(totals.Name, [totals], For("n", columns.Static, n => totals.Set([n], Reduce.Of(ReduceKind.Sum, contraction.K, code).Placed(columns.At(n)))));

    /// <summary>Whether <see cref="Totals"/> are read.</summary>
    public bool HasTotals => steps.Zero is not Number { Integer: 0 };

    /// <summary>What is done while sums wait.</summary>
    public Stmt Around(Stmt body) => new Scratch(sums, LieAlongRows ? body : new Scratch(turned, body));

    /// <summary>Keeps a sum.</summary>
    /// <param name="output">In its panel, <paramref name="row"/> in its block.</param>
    public Stmt Keep(Expr output, Expr row, Expr sum) => sums.Set([output, row], sum);

    /// <summary>Stores the sums of a panel.</summary>
    /// <param name="index">Which panel.</param>
    /// <param name="count">Vectors of the block's rows.</param>
    /// <param name="ragged">Whether they may end early.</param>
    public Stmt Leave(Expr block, Expr index, long count, bool ragged) => LieAlongRows ? AlongRows(block, index, count, ragged) : Turned(block, index, count, ragged);

    private Stmt AlongRows(Expr block, Expr index, long count, bool ragged) => For("o", panel, o => When(columns.Static % panel == 0 ? true : Linear.Simplify(index * panel + o) < columns.Extent, For("v", count, v => Vector("j", lanes.Lanes, j =>
    {
        var row = Linear.Simplify(block * lanes.Block + v * lanes.Lanes + j);
        return When(ragged ? row < lanes.Rows.Extent : true, Store(row, Linear.Simplify(index * panel + o), sums[[o, Linear.Simplify(v * lanes.Lanes + j)]]));
    }))));

    /// <summary>A few rows are turned round, then each leaves as a whole.</summary>
    private Stmt Turned(Expr block, Expr index, long count, bool ragged)
    {
        const long turn = SparseRows.Turn;
        var (square, wide) = (panel % turn == 0 ? turn : 1, lanes.Lanes);
        while (panel % wide != 0) wide /= 2;
        return For("r", count * lanes.Lanes / turn, r => Do(
            For("c", panel / square, c => Vector("q", turn, q => Over(LoopKind.Vector, "t", square, t => turned.Set([q, Linear.Simplify(c * square + t)], sums[[Linear.Simplify(c * square + t), Linear.Simplify(r * turn + q)]])))),
            Unroll("q", turn, q =>
            {
                var row = Linear.Simplify(block * lanes.Block + r * turn + q);
                Stmt Leave(bool narrow) => For("c", panel / wide, c => Over(LoopKind.Vector, "j", wide, j =>
                {
                    var column = Linear.Simplify(index * panel + c * wide + j);
                    return When(narrow ? column < columns.Extent : true, Store(row, column, turned[[q, Linear.Simplify(c * wide + j)]]));
                }));
                var full = columns.Static % panel == 0 ? Leave(false) : Do(When(index < panels - 1, Leave(false)), When(Expr.Same(index, panels - 1), Leave(true)));
                return When(ragged ? row < lanes.Rows.Extent : true, full);
            })));
    }

    private Stmt Store(Expr row, Expr column, Expr sum)
    {
        (Axis, Expr)[] at = [.. lanes.Rows.At(row), .. columns.At(column)];
        if (HasTotals) sum -= steps.Zero.Placed(at) * totals[column];
        if (steps.Sums != contraction.Sum.Type) sum = sum.As(contraction.Sum.Type);
        if (steps.Scale is { } scale) sum *= scale.Placed(at);
        return contraction.Output.Buffer.Set(contraction.Output.At.Placed(at), contraction.Epilogue(sum).Placed(at));
    }
}
