using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>
/// A matrix as a sum of Kronecker products Σ Aₜ⊗Bₜ: <c>kronecker outputs=32 inputs=32 terms=4 (f16)</c>. Number (o₁·out₂ + o₂, i₁·in₂ + i₂) is Σ Aₜ[o₁, i₁]·Bₜ[o₂, i₂].
/// Van Loan and Pitsianis, Approximation with Kronecker Products (1993): rearranged, it is a matrix of that rank.
/// </summary>
/// <param name="Outputs">Rows of A; products with factors need outputs that are a multiple of them.</param>
/// <param name="Inputs">Columns of A.</param>
/// <param name="Terms">How many products.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
[EncodingExample("kronecker outputs=1 inputs=1 terms=1 (f32)", "kronecker outputs=2 inputs=1 terms=1 axis=1 input=0 (f16)")]
public sealed record Kronecker(long Outputs, long Inputs, long? Terms = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Terms, Axis, Input, Inner, Remainder)
{
    public long Outputs { get; } = Outputs > 0 ? Outputs : throw new TypeException($"a factor has at least one row, not {Outputs}");

    public long Inputs { get; } = Inputs > 0 ? Inputs : throw new TypeException($"a factor has at least one column, not {Inputs}");

    public long? Terms => Rank;

    public override long Full(Shape shape) => Small(shape) is var (high, wide) ? Math.Min(Outputs * Inputs, (long)high * wide) : 0;

    protected override string Subject(Shape shape) => Small(shape) is var (high, wide) ? $"a matrix of {Outputs} by {Inputs} blocks of {high} by {wide}" : "";

    protected internal override Seq<Part> Factors(Shape shape)
    {
        var ((high, wide), terms) = (Small(shape), Checked(shape));
        return [Factor("a", [terms, Outputs, Inputs], 2, 1), Factor("b", [terms, high, wide], 2, 1)];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var ((high, wide), column) = (Small(shape), Column(shape, at));
        return Expr.Sum([Checked(shape)], t => factor("a", [t[0], Linear.Simplify(at[Axis] / high), Linear.Simplify(column / wide)]) * factor("b", [t[0], Linear.Simplify(at[Axis] % high), Linear.Simplify(column % wide)]));
    }

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (outputs, inputs) = Sides(shape);
        var ((high, wide), terms) = (Small(shape), Checked(shape));
        var (rows, columns) = ((int)(Outputs * Inputs), high * wide);
        var matrix = new double[rows * columns];
        for (var o = 0; o < outputs; o++)
            for (var i = 0; i < inputs; i++) matrix[(o / high * (int)Inputs + i / wide) * columns + o % high * wide + i % wide] = numbers[Place(shape, o, i)];
        var (u, v) = TruncatedSvd.Of(matrix, rows, columns, terms);
        var a = new float[u.Length];
        for (var t = 0; t < terms; t++) for (var row = 0; row < rows; row++) a[t * rows + row] = (float)u[row * terms + t];
        return [a, [.. v.Select(n => (float)n)]];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var (outputs, inputs) = Sides(shape);
        var ((high, wide), terms) = (Small(shape), Checked(shape));
        var (rows, columns, product) = ((int)(Outputs * Inputs), high * wide, new float[outputs * inputs]);
        Parallel.For(0, outputs, o =>
        {
            for (var i = 0; i < inputs; i++)
            {
                var sum = 0.0;
                for (var t = 0; t < terms; t++) sum += (double)factors[0][t * rows + o / high * (int)Inputs + i / wide] * factors[1][t * columns + o % high * wide + i % wide];
                product[Place(shape, o, i)] = (float)sum;
            }
        });
        return product;
    }

    public override TensorNetwork? Network(Shape shape) => Unserved(shape) is null && Small(shape) is var (high, wide)
        ? TensorNetwork.Of(["TJK", "TLI"], "JLKI", 2, ('J', Outputs), ('K', Inputs), ('L', high), ('I', wide), ('T', Checked(shape))) : null;

    public override Value? Contract(WeightProduct product, Func<string, Value> factor) => Blocks(product, factor) is var (sum, _) ? product.Joined(sum, ".product") : null;

    /// <summary>The product with its channels as blocks and places in them, and what is multiplied divided likewise.</summary>
    internal (Value Sum, Value Bands)? Blocks(WeightProduct product, Func<string, Value> factor)
    {
        var shape = product.Weight.Type.Shape;
        if (Unserved(shape) is not null || product.Divided(Input, [Inputs, Small(shape).Wide], ".bands") is not { } x) return null;
        var middle = product.Mix(x, "KI", factor("b"), "TLI", "KTL", ".small");
        return (product.Mix(middle, "KTL", factor("a"), "TJK", "JL", ".terms"), x);
    }

    public override string? Unserved(Shape shape) => !IsMatrix(shape) ? $"{this} is for matrices, {shape} has more axes than those of outputs and inputs"
        : shape[Axis].Whole % Outputs != 0 || shape[Input].Whole % Inputs != 0 ? $"{shape[Axis]} outputs by {shape[Input]} inputs are no multiples of {Outputs} by {Inputs}" : null;

    /// <summary>Rows and columns of B; the last blocks may be fewer.</summary>
    internal (int High, int Wide) Small(Shape shape) => Sides(shape) is var (outputs, columns) ? ((int)((outputs + Outputs - 1) / Outputs), (int)((columns + Inputs - 1) / Inputs)) : default;
}
