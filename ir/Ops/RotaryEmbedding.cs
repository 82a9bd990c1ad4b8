namespace Lathe.Ir.Ops;

/// <summary>Turns pairs of numbers by angles that depend on the position in a sequence (RoFormer, arXiv 2104.09864). ONNX RotaryEmbedding, opset 23.</summary>
/// <param name="Interleaved">Whether pairs are neighbours, else one of each half.</param>
/// <param name="NumHeads">Heads that the last axis of a three-axis x holds.</param>
/// <param name="RotaryEmbeddingDim">Numbers of a head that are turned, the first ones; 0 for all.</param>
/// <remarks>
/// Operands: x [batch, heads, sequence, numbers] or [batch, sequence, heads · numbers]; cosines and sines, [positions, pairs] where position ids
/// [batch, sequence] are given, else [batch, sequence, pairs].
/// </remarks>
public sealed record RotaryEmbedding(bool Interleaved = false, long NumHeads = 0, long RotaryEmbeddingDim = 0) : FormulaOp
{
    protected override TensorType InferOne(Operands x)
    {
        Require(x.Type(0).Rank == 4 || x.Type(0).Rank == 3 && NumHeads > 0, $"x must have four axes, or three and num_heads, it is {x.Type(0)}");
        x.Alike(0, 1, 2);
        Require(x.Shape(1).Count == (x.Has(3) ? 2 : 3) && x.Shape(2).Count == x.Shape(1).Count, $"cosines {x.Type(1)} and sines {x.Type(2)} {(x.Has(3) ? "with" : "without")} position ids");
        for (var i = 1; i < 3; i++) x.Equal(x.Shape(i)[^1], Linear.Simplify(Turned(x) / 2), $"numbers of operand {i} {x.Type(i)} for the pairs of {x.Type(0)}");
        var (batch, sequence) = (x.Shape(0)[0], x.Shape(0)[x.Type(0).Rank - 2]);
        for (var i = x.Has(3) ? 3 : 1; i < (x.Has(3) ? 4 : 3); i++)
        {
            x.Equal(x.Shape(i)[0], batch, $"axis 0 of operand {i} {x.Type(i)} and the batch of {x.Type(0)}");
            x.Equal(x.Shape(i)[1], sequence, $"axis 1 of operand {i} {x.Type(i)} and the sequence of {x.Type(0)}");
        }
        if (x.Has(3)) for (var i = 1; i < 3; i++) x.NotEmpty(x.Shape(i)[0], x.Type(0).Size, $"axis 0 of operand {i} {x.Type(i)}");
        return x.Real(0).Elementwise;
    }

    private Expr Numbers(Operands x) => x.Type(0).Rank == 4 ? x.Shape(0)[3] : Linear.Simplify(x.Shape(0)[2] / NumHeads);

    private Expr Turned(Operands x) => RotaryEmbeddingDim == 0 ? Numbers(x) : RotaryEmbeddingDim;

    public override Expr At(Operands x, Seq<Expr> at, int result)
    {
        var (numbers, turned) = (Numbers(x), Turned(x));
        var (sequence, number) = at.Count == 4 ? (at[2], at[3]) : (at[1], Linear.Simplify(at[2] % numbers));
        var half = Linear.Simplify(turned / 2);
        var (pair, second) = Interleaved ? (Linear.Simplify(number / 2), Expr.Same(Linear.Simplify(number % 2), 1)) : (Linear.Simplify(number % half), half <= number);
        pair = Linear.Simplify(Expr.Min(pair, half - 1)); // numbers that are not turned have no pair
        Expr Angle(int operand) => x.Has(3) ? x[operand]([Indexing.Wrapped(x[3]([at[0], sequence]), x.Shape(operand)[0]), pair]) : x[operand]([at[0], sequence, pair]);
        Expr Read(Expr place) => x[0](at.With(at.Count - 1, Linear.Simplify(at[^1] - number + place)));
        var (first, other) = (Read(Interleaved ? pair * 2 : pair), Read(Interleaved ? pair * 2 + 1 : pair + half));
        var (cos, sin) = (Angle(1), Angle(2));
        var rotated = Expr.Select(second, first * sin + other * cos, first * cos - other * sin);
        return Expr.Select(Linear.Decided(number < turned), rotated, x[0](at));
    }

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(2, 3, 4, 8), Operand.F32(10, 4), Operand.F32(10, 4), Operand.Of(Scalar.I64, 2, 4) with { Low = 0, High = 9 }),
        new(this with { Interleaved = true, NumHeads = 2 }, Operand.F32(1, 3, 12), Operand.F32(1, 3, 3), Operand.F32(1, 3, 3)),
        new(this with { RotaryEmbeddingDim = 4 }, Operand.F32(1, 2, 3, 6), Operand.F32(1, 3, 2), Operand.F32(1, 3, 2)),
    ];
}
