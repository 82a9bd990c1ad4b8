using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>A matrix of outputs by everything else as a product U·V of that rank: <c>lowrank rank=32 (f16)</c>, and with what it leaves out <c>lowrank rank=32 (f16) + i4 group=64</c>.</summary>
/// <param name="Rank">Columns of U, rows of V; without it the text is a pattern that a pass fills in.</param>
/// <param name="Axis">As of <see cref="Factored"/>; V lies as the weight does, with the rank along this axis.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>A product is one with V, whose result has as many channels as the rank, then one with U: r(out + in) multiplications in place of out·in.</remarks>
[EncodingExample("lowrank rank=1 (f32)", "lowrank rank=2 axis=1 input=0 (f16)", "lowrank rank=1 axis=1 input=0 (i8)", "lowrank rank=1 (f16) + i4 group=3")]
public sealed record Lowrank(long? Rank = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rank, Axis, Input, Inner, Remainder)
{
    public override long Full(Shape shape) => Sides(shape) is var (outputs, columns) ? Math.Min(outputs, columns) : 0;

    protected internal override Seq<Part> Factors(Shape shape) => Checked(shape) is var rank ? [Factor("u", [shape[Axis], rank], 1, 0), Factor("v", Low(shape, rank), Input, Axis)] : [];

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        Expr.Sum([Checked(shape)], k => factor("u", [at[Axis], k[0]]) * factor("v", at.With(Axis, k[0])));

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (outputs, columns) = Sides(shape);
        var (u, v) = TruncatedSvd.Of(Matrix(numbers, shape), outputs, columns, Checked(shape));
        return Laid(u, v, shape);
    }

    /// <summary>U and V of the weight as a matrix as they are stored.</summary>
    public Seq<float[]> Laid(double[] u, double[] v, Shape shape) => [[.. u.Select(n => (float)n)], Natural(v, Low(shape, Checked(shape)))];

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape) => Mixed(factors[0], factors[1], Checked(shape), shape);

    public override Value? Contract(WeightProduct product, Func<string, Value> factor) => product.Channels(product.Same(factor("v"), ".low"), factor("u"), ".product");
}
