using Lathe.Ir;
using static Lathe.Ir.Stmts;
using Buffer = Lathe.Ir.Buffer;

namespace Lathe.UnitTests.Llvm.Emitter;

/// <summary>y = max(x·w + b, 0) blocked by hand: panels of w packed by a kernel of its own, a register tile of rows by two vectors, blocks of depth.</summary>
internal sealed record MatMulSchedule(int Rows, int Depth, int Columns, int Lanes, int TileRows, int BlockDepth = 512, int TilesInTask = 18)
{
    private int Blocks => (Depth + BlockDepth - 1) / BlockDepth;
    private int Panels => (Columns + 2 * Lanes - 1) / (2 * Lanes);
    private int Tiles => (Rows + TileRows - 1) / TileRows;

    private Buffer X => new("x", Scalar.F32, [Rows, Depth]);
    private Buffer W => new("w", Scalar.F32, [Depth, Columns]);
    private Buffer B => new("b", Scalar.F32, [Columns]);
    private Buffer Y => new("y", Scalar.F32, [Rows, Columns]);
    private Buffer Panel => new("w.pack", Scalar.F32, [Blocks, Panels, BlockDepth, 2, Lanes]);

    /// <summary>Fills the panels, zeros beyond the edges.</summary>
    public Kernel Pack => Kernel.Over("pack", [Panel], For("kb", Blocks, kb => For("n", Panels, n => For("k", BlockDepth, k => For("v", 2, v => For("j", Lanes, j =>
        Panel.Set([kb, n, k, v, j], Load.Of(W, [kb * BlockDepth + k, n * (2 * Lanes) + v * Lanes + j], 0.0))))))));

    public Kernel Multiply => Kernel.Over("matmul", [Y], Parallel("mo", (Tiles + TilesInTask - 1) / TilesInTask, mo =>
    {
        Buffer partial = new("partial", Scalar.F32, [TilesInTask, Panels, TileRows, 2, Lanes], Space.Arena), acc = new("acc", Scalar.F32, [TileRows, 2, Lanes], Space.Registers);
        Stmt Each(Func<Expr, Expr, Expr, Stmt> body) => Unroll("r", TileRows, r => Unroll("v", 2, v => Vector("j", Lanes, j => body(r, v, j))));
        return new Scratch(partial, For("kb", Blocks, kb => For("n", Panels, n => For("t", TilesInTask, t => When(mo * TilesInTask + t < Tiles, new Scratch(acc, Do(
            When(Expr.Same(kb, 0), Each((r, v, j) => acc.Set([r, v, j], 0))),
            When(0 < kb, Each((r, v, j) => acc.Set([r, v, j], partial[t, n, r, v, j]))),
            For("k", BlockDepth, k => Each((r, v, j) => acc.Set([r, v, j], Expr.Fma(Load.Of(X, [Expr.Min((mo * TilesInTask + t) * TileRows + r, Rows - 1), Depth % BlockDepth == 0 ? kb * BlockDepth + k : Expr.Min(kb * BlockDepth + k, Depth - 1)]), Panel[kb, n, k, v, j], acc[r, v, j])))),
            When(kb < Blocks - 1, Each((r, v, j) => partial.Set([t, n, r, v, j], acc[r, v, j]))),
            When(Expr.Same(kb, Blocks - 1), Each((r, v, j) =>
            {
                var (row, column) = ((mo * TilesInTask + t) * TileRows + r, n * (2 * Lanes) + v * Lanes + j);
                return When(row < Rows, When(column < Columns, Y.Set([row, column], Expr.Max(acc[r, v, j] + B[column], 0.0))));
            })))))))));
    }));

    /// <summary>The same numbers as loops around the formula.</summary>
    public Kernel Plain => Kernel.Over("plain", [Y], For("i", Rows, i => For("j", Columns, j => Y.Set([i, j], Expr.Max(Expr.Sum([Depth], k => X[i, k[0]] * W[k[0], j]) + B[j], 0.0)))));
}
