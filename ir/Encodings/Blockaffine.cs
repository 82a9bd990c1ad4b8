using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>
/// A matrix in blocks, each an affine function of a few shared ones: <c>blockaffine outputs=8 inputs=8 terms=2 (f16)</c>. Block (j, k) is Σ aₜ[j, k]·Bₜ + c[j, k]:
/// <see cref="Kronecker"/> and a number for each block, which costs less than another term where blocks are large. The nearest one is that of the blocks less their means.
/// </summary>
/// <param name="Outputs">As of <see cref="Kronecker"/>: blocks one below the other.</param>
/// <param name="Inputs">As of <see cref="Kronecker"/>: blocks side by side.</param>
/// <param name="Terms">How many blocks are shared.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
[EncodingExample("blockaffine outputs=1 inputs=1 terms=1 (f32)", "blockaffine outputs=2 inputs=1 terms=1 axis=1 input=0 (f16)")]
public sealed record Blockaffine(long Outputs, long Inputs, long? Terms = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Terms, Axis, Input, Inner, Remainder)
{
    private const string Offset = "c";

    /// <remarks>What numbers of blocks there can be is said where a sum of products is.</remarks>
    public long Outputs { get; } = new Kronecker(Outputs, Inputs).Outputs;

    public long Inputs { get; } = Inputs;

    public long? Terms => Rank;

    private Kronecker Sum => new(Outputs, Inputs, Rank, Axis, Input, Inner);

    public override long Full(Shape shape) => Sum.Full(shape);

    protected internal override Seq<Part> Factors(Shape shape) => [.. Sum.Factors(shape), Factor(Offset, [Outputs, Inputs, 1], 1, 0)];

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var ((high, wide), column) = (Sum.Small(shape), Column(shape, at));
        return Sum.Number(factor, shape, at) + factor(Offset, [Linear.Simplify(at[Axis] / high), Linear.Simplify(column / wide), 0]);
    }

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (means, counts, left) = (new double[Outputs * Inputs], new int[Outputs * Inputs], numbers.ToArray());
        Each(shape, (place, block) => (means[block], counts[block]) = (means[block] + left[place], counts[block] + 1));
        for (var block = 0; block < means.Length; block++) means[block] /= Math.Max(1, counts[block]);
        Each(shape, (place, block) => left[place] -= (float)means[block]);
        return [.. Sum.Split(left, shape), [.. means.Select(mean => (float)mean)]];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var (product, means) = (Sum.Multiplied(factors[..^1], shape), factors[^1]);
        Each(shape, (place, block) => product[place] += means[block]);
        return product;
    }

    public override TensorNetwork? Network(Shape shape) => Sum.Network(shape) is { } sum ? sum with { Terms = [.. sum.Terms, [(2, "JK")]] } : null;

    /// <summary>A block's number multiplies the sum of the inputs that it is of, for each of its outputs alike.</summary>
    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        if (Sum.Blocks(product, factor) is not var (sum, bands)) return null;
        var offsets = product.Mix(product.Mix(bands, "KI", null, "", "K", ".sums"), "K", factor(Offset), "JKO", "JO", ".offsets");
        return product.Joined(product.Add(".affine", new Ops.Add(), sum, offsets), ".product");
    }

    public override string? Unserved(Shape shape) => Sum.Unserved(shape);

    /// <summary>Every place of the weight, and the block that it is in.</summary>
    private void Each(Shape shape, Action<int, int> of)
    {
        var ((outputs, inputs), (high, wide)) = (Sides(shape), Sum.Small(shape));
        for (var o = 0; o < outputs; o++) for (var i = 0; i < inputs; i++) of(Place(shape, o, i), o / high * (int)Inputs + i / wide);
    }
}
