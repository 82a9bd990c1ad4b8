using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>
/// A matrix as two block-diagonal ones with a fixed permutation between: <c>monarch blocks=4 rank=24 (f16)</c>. Cut into as many bands of outputs and of inputs, each of its
/// blocks² parts is a product of that rank; at one block it is <see cref="Lowrank"/>. Dao and others, Monarch (2022).
/// </summary>
/// <param name="Blocks">How many bands; products with factors need outputs and inputs that are multiples of it.</param>
/// <param name="Rank">Of each part.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>blocks·rank·(in + out) numbers and multiplications. The nearest one is found part by part: each is a singular value decomposition of its own.</remarks>
[EncodingExample("monarch blocks=1 rank=1 (f32)", "monarch blocks=2 rank=1 axis=1 input=0 (f16)")]
public sealed record Monarch(long Blocks, long? Rank = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rank, Axis, Input, Inner, Remainder)
{
    public long Blocks { get; } = Blocks > 0 ? Blocks : throw new TypeException($"a matrix is at least one block, not {Blocks}");

    public override long Full(Shape shape) => Bands(shape) is var (high, wide) ? Math.Min(high, wide) : 0;

    protected override string Subject(Shape shape) => Bands(shape) is var (high, wide) ? $"a part of {high} by {wide}" : "";

    protected internal override Seq<Part> Factors(Shape shape)
    {
        var ((high, wide), rank) = (Bands(shape), Checked(shape));
        // By output band, input band: r is read with inputs along the last axis, l with what is summed along the last two.
        return [Factor("l", [Blocks, high, Blocks, rank], 3, 1), Factor("r", [Blocks, Blocks, rank, wide], 3, 1)];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var ((high, wide), column) = (Bands(shape), Column(shape, at));
        var (j, l, k, i) = (Linear.Simplify(at[Axis] / high), Linear.Simplify(at[Axis] % high), Linear.Simplify(column / wide), Linear.Simplify(column % wide));
        return Expr.Sum([Checked(shape)], r => factor("l", [j, l, k, r[0]]) * factor("r", [k, j, r[0], i]));
    }

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (outputs, inputs) = Sides(shape);
        var (blocks, rank, (high, wide)) = ((int)Blocks, Checked(shape), Bands(shape));
        var (all, left, right) = (numbers.ToArray(), new float[blocks * high * blocks * rank], new float[blocks * blocks * rank * wide]);
        Parallel.For(0, blocks * blocks, part =>
        {
            var (j, k, matrix) = (part / blocks, part % blocks, new double[high * wide]);
            for (var l = 0; l < high && j * high + l < outputs; l++) for (var i = 0; i < wide && k * wide + i < inputs; i++) matrix[l * wide + i] = all[Place(shape, j * high + l, k * wide + i)];
            var (u, v) = TruncatedSvd.Of(matrix, high, wide, rank);
            for (var r = 0; r < rank; r++)
            {
                for (var l = 0; l < high; l++) left[((j * high + l) * blocks + k) * rank + r] = (float)u[l * rank + r];
                for (var i = 0; i < wide; i++) right[((k * blocks + j) * rank + r) * wide + i] = (float)v[r * wide + i];
            }
        });
        return [left, right];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var (outputs, inputs) = Sides(shape);
        var (blocks, rank, (high, wide)) = ((int)Blocks, Checked(shape), Bands(shape));
        var (left, right, product) = (factors[0], factors[1], new float[outputs * inputs]);
        Parallel.For(0, outputs, o =>
        {
            var j = o / high;
            for (var c = 0; c < inputs; c++)
            {
                var (k, sum) = (c / wide, 0.0);
                for (var r = 0; r < rank; r++) sum += (double)left[(o * blocks + k) * rank + r] * right[((k * blocks + j) * rank + r) * wide + c % wide];
                product[Place(shape, o, c)] = (float)sum;
            }
        });
        return product;
    }

    public override TensorNetwork? Network(Shape shape) => Unserved(shape) is null && Bands(shape) is var (high, wide)
        ? TensorNetwork.Of(["JLKR", "KJRI"], "JLKI", 2, ('J', Blocks), ('K', Blocks), ('L', high), ('I', wide), ('R', Checked(shape))) : null;

    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        var shape = product.Weight.Type.Shape;
        if (Unserved(shape) is not null || product.Divided(Input, [Blocks, Bands(shape).Wide], ".bands") is not { } x) return null;
        var middle = product.Mix(x, "KI", factor("r"), "KJRI", "KJR", ".blocks");
        return product.Joined(product.Mix(middle, "KJR", factor("l"), "JLKR", "JL", ".parts"), ".product");
    }

    public override string? Unserved(Shape shape) => !IsMatrix(shape) ? $"{this} is for matrices, {shape} has more axes than those of outputs and inputs"
        : shape[Axis].Whole % Blocks != 0 || shape[Input].Whole % Blocks != 0 ? $"{shape[Axis]} outputs by {shape[Input]} inputs are no {Blocks} bands each" : null;

    /// <summary>Outputs and columns of a part; the last ones may be fewer.</summary>
    private (int High, int Wide) Bands(Shape shape) => Sides(shape) is var (outputs, columns) ? ((int)((outputs + Blocks - 1) / Blocks), (int)((columns + Blocks - 1) / Blocks)) : default;
}
