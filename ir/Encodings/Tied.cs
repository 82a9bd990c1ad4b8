using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>Outputs that are alike are stored once: each is a multiple of one of a few rows, <c>tied rows=64 (f16)</c>.</summary>
/// <param name="Rows">How many rows are stored.</param>
/// <param name="Axis">As of <see cref="Factored"/>; rows lie as the weight does.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>
/// rows·in numbers, and of each output which row it is and how many times that. A product is one with the rows, whose results are handed out. Rows are clustered around lines
/// (<see cref="LineClusters"/>), with data by what products with them differ in: rows of W·L, L·Lᵀ = H. Rows that are equal, or multiples of one another, cost nothing.
/// </remarks>
[EncodingExample("tied rows=1 (f32)", "tied rows=1 axis=1 input=0 (f16)")]
public sealed record Tied(long? Rows = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rows, Axis, Input, Inner, Remainder)
{
    private const string Stored = "rows", Map = "map", Times = "times";

    public long? Rows => Rank;

    public override string Fitting => "clustered rows";

    public override long Full(Shape shape) => Sides(shape).Outputs;

    protected internal override Seq<Part> Factors(Shape shape) => Checked(shape) is var rows
        ? [Factor(Stored, Low(shape, rows), Input, Axis), new(Map, new([shape[Axis]], rows <= byte.MaxValue + 1 ? Scalar.U8 : rows <= ushort.MaxValue + 1 ? Scalar.U16 : Scalar.I32)), new(Times, new([shape[Axis]], Scalar.F32))] : [];

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) =>
        factor(Stored, at.With(Axis, Expr.Clamp(factor(Map, [at[Axis]]).As(Scalar.I64), 0, Checked(shape) - 1))) * factor(Times, [at[Axis]]);

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape) => Clustered(Matrix(numbers, shape), null, shape);

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, double[] hessian, Shape shape)
    {
        var (lower, columns) = ((double[])hessian.Clone(), Sides(shape).Columns);
        return Clustered(Matrix(numbers, shape), Cholesky.Factor(lower, columns) ? lower : null, shape);
    }

    /// <param name="root">What rows are seen through; null: as they are.</param>
    private Seq<float[]> Clustered(double[] matrix, double[]? root, Shape shape)
    {
        var ((outputs, columns), rows) = (Sides(shape), Checked(shape));
        var found = LineClusters.Find(root is null ? matrix : Matrices.Product(matrix, root, outputs, columns, columns), null, columns, rows);
        var (sums, squares, times) = (new double[rows * columns], new double[rows], new double[outputs]);
        for (var o = 0; o < outputs; o++)
        {
            squares[found.Of[o]] += found.Scale[o] * found.Scale[o];
            for (var c = 0; c < columns; c++) sums[found.Of[o] * columns + c] += found.Scale[o] * matrix[o * columns + c];
        }
        for (var o = 0; o < outputs; o++) times[o] = found.Scale[o];
        for (var i = 0; i < sums.Length; i++) if (squares[i / columns] is > 0 and var square) sums[i] /= square;
        return [Natural(sums, Low(shape, rows)), [.. found.Of.Select(row => (float)row)], [.. times.Select(n => (float)n)]];
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var ((outputs, columns), rows) = (Sides(shape), Matrix(factors[0], Low(shape, Checked(shape))));
        var product = new double[(long)outputs * columns];
        for (var o = 0; o < outputs; o++) for (var c = 0; c < columns; c++) product[o * columns + c] = rows[(int)factors[1][o] * columns + c] * factors[2][o];
        return Natural(product, shape);
    }

    /// <summary>Every row's sum once, then for each output its own, so many times.</summary>
    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        var times = factor(Times);
        Value along = new(times.Name, new([.. product.Node.Result.Type.Shape.Select((extent, axis) => axis == product.Channel ? extent : (Expr)1)], Scalar.F32), times.Planes);
        return product.Add(".product", new Ops.Mul(), product.Add(".tied", new Ops.Gather(product.Channel), product.Same(factor(Stored), ".rows"), factor(Map)), along);
    }
}
