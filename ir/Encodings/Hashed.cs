namespace Lathe.Ir;

/// <summary>A weight whose blocks a hash takes from a pool, with a sign that it says too, times a scale for each output: <c>hashed blocks=512 (f16)</c>. Nothing says where a block is.</summary>
/// <param name="Blocks">In the pool.</param>
/// <param name="Outputs">As of <see cref="Pooled"/>.</param>
/// <param name="Inputs">As of <see cref="Pooled"/>.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>
/// Chen and others, Compressing Neural Networks with the Hashing Trick (2015); by blocks that lie together in memory, Desai and others, ROAST: Random Operation Access Specific Tile Hashing (2022).
/// The hash is ((i·a) mod n) mod blocks, i the block among n and a without a divisor of n (Carter and Wegman, 1979, with n in place of a prime): each block of the pool serves as many as any other, at
/// n of them each its own. What it left over, halved, is the sign. The pool is fitted by least squares: weighted means of the signed numbers that share a place, scales and pool in turns.
/// </remarks>
[EncodingExample("hashed blocks=1 outputs=2 inputs=1 (f32)", "hashed blocks=1 outputs=2 inputs=3 axis=1 input=0 (f16)")]
public sealed record Hashed(long? Blocks = null, long Outputs = 16, long Inputs = 4, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Pooled(Blocks, Outputs, Inputs, Axis, Input, Inner, Remainder)
{
    private const string Scale = "scale";

    private const int Rounds = 4;

    public long? Blocks => Rank;

    public override string Fitting => "least squares";

    protected internal override Seq<Part> Factors(Shape shape) => [Shared(shape), new(Scale, new([shape[Axis]], Scalar.F32))];

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var (grid, (all, by), count) = (Grid(shape), Hash(shape), Checked(shape));
        var hash = Linear.Simplify(Block(at).Index().Aggregate((Expr)0, (place, p) => place * grid[p.Index] + p.Item)) * by % all;
        var sign = 1 - 2 * (hash / count % 2);
        return Shared(factor, hash % count, at) * sign.As(Scalar.F32) * factor(Scale, [at[Axis]]);
    }

    protected override Seq<float[]> Fitted(float[] numbers, double[]? counts, Shape shape)
    {
        var ((blocks, places), (all, by), count) = (Places(shape), Hash(shape), Checked(shape));
        var (outputs, size) = (Sides(shape).Outputs, (int)(Outputs * Inputs));
        var (pool, scales, inside) = (new double[count * size], new double[outputs], Inside(shape));
        var (to, signs) = (new int[numbers.Length], new double[numbers.Length]);
        for (var i = 0; i < to.Length; i++)
            if (blocks[i] * by % all is var hash) (to[i], signs[i]) = ((int)(hash % count) * size + places[i], hash / count % 2 == 0 ? 1 : -1);
        int Output(int place) => place / inside % outputs;
        // Scales are the lengths of rows to begin with.
        for (var i = 0; i < numbers.Length; i++) scales[Output(i)] += (double)numbers[i] * numbers[i];
        for (var o = 0; o < outputs; o++) scales[o] = Math.Sqrt(scales[o] * outputs / numbers.Length);
        for (var round = 0; ; round++)
        {
            var (sums, squares) = (new double[pool.Length], new double[pool.Length]);
            for (var i = 0; i < numbers.Length; i++)
                if ((scales[Output(i)], counts?[i] ?? 1) is var (scale, weight)) (sums[to[i]], squares[to[i]]) = (sums[to[i]] + weight * scale * signs[i] * numbers[i], squares[to[i]] + weight * scale * scale);
            for (var i = 0; i < pool.Length; i++) pool[i] = squares[i] > 0 ? sums[i] / squares[i] : 0;
            if (round == Rounds) break;
            var (both, own) = (new double[outputs], new double[outputs]);
            for (var i = 0; i < numbers.Length; i++)
                if ((pool[to[i]], counts?[i] ?? 1, Output(i)) is var (shared, weight, o)) (both[o], own[o]) = (both[o] + weight * shared * signs[i] * numbers[i], own[o] + weight * shared * shared);
            for (var o = 0; o < outputs; o++) if (own[o] > 0) scales[o] = both[o] / own[o];
        }
        return [[.. pool.Select(n => (float)n)], [.. scales.Select(n => (float)n)]];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var ((blocks, places), (all, by), count) = (Places(shape), Hash(shape), Checked(shape));
        var (product, inside, outputs) = (new float[blocks.Length], Inside(shape), Sides(shape).Outputs);
        for (var i = 0; i < product.Length; i++)
        {
            var hash = blocks[i] * by % all;
            product[i] = factors[0][(int)(hash % count * Outputs * Inputs) + places[i]] * (hash / count % 2 == 0 ? 1 : -1) * factors[1][i / inside % outputs];
        }
        return product;
    }

    /// <summary>How many blocks there are, and what their number is multiplied by: near the golden section of them, so that neighbours land far apart.</summary>
    private (long All, long By) Hash(Shape shape)
    {
        var all = Full(shape);
        var by = Math.Max(1, (long)(0.6180339887498949 * all));
        while (System.Numerics.BigInteger.GreatestCommonDivisor(by, all) != 1) by++;
        return (all, by);
    }
}
