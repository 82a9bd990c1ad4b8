using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>A weight whose blocks that are alike are stored once: a map says which of a pool each is, and how many times that: <c>tiled blocks=512 (f16)</c>.</summary>
/// <param name="Blocks">In the pool.</param>
/// <param name="Outputs">As of <see cref="Pooled"/>.</param>
/// <param name="Inputs">As of <see cref="Pooled"/>.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>The pool and the map are found by clustering blocks around lines (<see cref="LineClusters"/>); a block costs 4 bytes beside the pool, 3 where that holds 256 at most, 2 more where the pool is f32. Blocks that are equal, or multiples of one another, cost nothing.</remarks>
[EncodingExample("tiled blocks=1 outputs=2 inputs=1 (f32)", "tiled blocks=1 outputs=2 inputs=3 axis=1 input=0 (f16)")]
public sealed record Tiled(long? Blocks = null, long Outputs = 16, long Inputs = 4, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Pooled(Blocks, Outputs, Inputs, Axis, Input, Inner, Remainder)
{
    private const string Map = "map", Times = "times";

    public long? Blocks => Rank;

    public override string Fitting => "clustered blocks";

    /// <summary>How multiples are stored: as precisely as the pool.</summary>
    private Encoding Multiples => Inner is Dense { Kind: Scalar.F32 } ? Inner : new Narrow(Scalar.F16);

    protected internal override Seq<Part> Factors(Shape shape) =>
        [Shared(shape), new(Map, new(Grid(shape), Checked(shape) is <= byte.MaxValue + 1 ? Scalar.U8 : Checked(shape) <= ushort.MaxValue + 1 ? Scalar.U16 : Scalar.I32)), new(Times, new(Grid(shape), Multiples))];

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        Shared(factor, Expr.Clamp(factor(Map, Block(at)).As(Scalar.I64), 0, Checked(shape) - 1), at) * factor(Times, Block(at));

    protected override Seq<float[]> Fitted(float[] numbers, double[]? counts, Shape shape)
    {
        var ((blocks, places), count, size) = (Places(shape), Checked(shape), (int)(Outputs * Inputs));
        var all = (int)Full(shape);
        // What a block at the edge does not have counts for nothing.
        var (points, weights) = (new double[(long)all * size], new double[(long)all * size]);
        for (var i = 0; i < numbers.Length; i++) (points[blocks[i] * size + places[i]], weights[blocks[i] * size + places[i]]) = (numbers[i], counts?[i] ?? 1);
        var found = LineClusters.Find(points, counts is null && numbers.Length == points.Length ? null : weights, size, count);
        // The largest multiple of a block of the pool is 1, whatever the size of numbers; the pool makes up for what rounding leaves of others.
        var most = new double[count];
        for (var block = 0; block < all; block++) most[found.Of[block]] = Math.Max(most[found.Of[block]], Math.Abs(found.Scale[block]));
        float[] multiples = [.. found.Scale.Select((scale, block) => most[found.Of[block]] is > 0 and var one ? (float)(scale / one) : 0)];
        var times = Decoded.Of(new Value(Times, new([all], Multiples), Multiples.Encode(multiples, [all])));
        var (sums, squares) = (new double[(long)count * size], new double[(long)count * size]);
        for (var i = 0; i < points.Length; i++)
            if ((found.Of[i / size] * size + i % size, (double)times[i / size]) is var (to, scale)) (sums[to], squares[to]) = (sums[to] + weights[i] * scale * points[i], squares[to] + weights[i] * scale * scale);
        return [[.. sums.Zip(squares, (sum, square) => square > 0 ? (float)(sum / square) : 0)], [.. found.Of.Select(block => (float)block)], times];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var ((blocks, places), size) = (Places(shape), (int)(Outputs * Inputs));
        var product = new float[blocks.Length];
        for (var i = 0; i < product.Length; i++) product[i] = factors[0][(int)factors[1][blocks[i]] * size + places[i]] * factors[2][blocks[i]];
        return product;
    }
}
