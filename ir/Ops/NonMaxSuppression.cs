namespace Lathe.Ir.Ops;

/// <summary>Boxes with the highest scores, those that overlap a chosen one left out, for each image and class. ONNX NonMaxSuppression, opset 11.</summary>
/// <param name="CenterPointBox">0: boxes are two corners, y before x, in any order; 1: middle, width and height, x before y.</param>
/// <remarks>
/// Operands: boxes [B, N, 4]; scores [B, C, N]; optionally the most boxes of a class (else 0), the overlap beyond which a box is left out (else 0), and the
/// score that a box must exceed. Results: image, class and box of each chosen one, with room for all; how many there are. Of equal scores the first box is taken.
/// </remarks>
public sealed record NonMaxSuppression(long CenterPointBox = 0) : StatementOp
{
    public override Seq<(int Result, int Axis, int Count)> Sized(Operands x) => [(0, 0, 1)];

    public override Seq<TensorType> Infer(Operands x)
    {
        Require(x.Real(0).Rank == 3 && x.Real(1).Rank == 3, $"boxes {x.Type(0)} and scores {x.Type(1)} must have three axes");
        x.Equal(x.Shape(0)[2], 4, $"numbers of a box of {x.Type(0)}");
        x.Equal(x.Shape(0)[0], x.Shape(1)[0], $"images of {x.Type(0)} and {x.Type(1)}");
        x.Equal(x.Shape(0)[1], x.Shape(1)[2], $"boxes of {x.Type(0)} and {x.Type(1)}");
        return [new([x.Type(1).Size, 3], Scalar.I64), new([1], Scalar.I64)];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var (images, classes, boxes) = (x.Shape(1)[0], x.Shape(1)[1], x.Shape(1)[2]);
        Buffer One(string name) => new($"{results[0].Name}.{name}", Scalar.I64, [], Space.Registers);
        var (best, taken, open) = (One("best"), One("taken"), new Buffer($"{results[0].Name}.open", Scalar.Bool, [boxes], Space.Arena));
        Expr most = x.Has(2) ? Expr.Min(x.Only(2).As(Scalar.I64), boxes) : 0;
        return Found.Counted(results, (found, count) => Scattering.Over([images, classes], at =>
        {
            var (image, kind) = (at[0], at[1]);
            Expr Score(Expr box) => x[1]([image, kind, box]);
            var begin = Stmts.For("i", boxes, i => open.Set([i], x.Has(4) ? x.Only(4) < Score(i) : true));
            var search = Stmts.For("j", boxes, j => Stmts.When(open[[j]], Stmts.When((best[[]] < 0) | (Score(Expr.Max(best[[]], 0)) < Score(j)), best.Set([], j))));
            var leave = Stmts.For("j", boxes, j => Stmts.When(Overlap(x, image, Expr.Max(best[[]], 0), j), open.Set([j], false)));
            var round = new Scratch(best, Stmts.Do(best.Set([], -1), Stmts.When(taken[[]] < most, search), Stmts.When(0 <= best[[]], Stmts.Do(
                results[0].Set([found, 0], image), results[0].Set([found, 1], kind), results[0].Set([found, 2], best[[]]),
                count, taken.Set([], taken[[]] + 1), leave, open.Set([Expr.Max(best[[]], 0)], false)))));
            return new Scratch(open, new Scratch(taken, Stmts.Do(begin, taken.Set([], 0), Stmts.For("r", boxes, _ => round))));
        }));
    }

    /// <summary>Whether the area that two boxes share is too large a part of what they cover together.</summary>
    private Expr Overlap(Operands x, Expr image, Expr a, Expr b)
    {
        Expr Side(Expr box, int axis, bool far)
        {
            Expr Part(int i) => x[0]([image, box, i]);
            if (CenterPointBox == 0) return far ? Expr.Max(Part(axis), Part(axis + 2)) : Expr.Min(Part(axis), Part(axis + 2));
            return far ? Part(axis) + Part(axis + 2) * 0.5 : Part(axis) - Part(axis + 2) * 0.5;
        }
        Expr Extent(Expr box, int axis) => Side(box, axis, true) - Side(box, axis, false);
        Expr Shared(int axis) => Expr.Max(Expr.Min(Side(a, axis, true), Side(b, axis, true)) - Expr.Max(Side(a, axis, false), Side(b, axis, false)), 0.0);
        var (common, own) = (Shared(0) * Shared(1), Extent(a, 0) * Extent(a, 1) + Extent(b, 0) * Extent(b, 1));
        Expr allowed = x.Has(3) ? x.Only(3).As(common.Type) : Number.Of(common.Type, 0.0);
        return (0.0 < common) & (allowed < common / (own - common));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(1, 6, 4) with { Low = 0, High = 1 }, Operand.F32(1, 2, 6) with { Low = 0, High = 1 }, Operand.Constant(Scalar.I64, [1], 3), Operand.Constant(Scalar.F32, [1], 0.3), Operand.Constant(Scalar.F32, [1], 0.2)),
        new(this with { CenterPointBox = 1 }, Operand.F32(2, 5, 4) with { Low = 0.1, High = 1 }, Operand.F32(2, 1, 5), Operand.Constant(Scalar.I64, [1], 5), Operand.Constant(Scalar.F32, [1], 0.1)),
    ];
}
