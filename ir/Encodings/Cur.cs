using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>Some outputs of a matrix as they are, all others as sums of those: <c>cur rank=192 (f16)</c>.</summary>
/// <param name="Rank">As of <see cref="Ranked"/>: how many outputs are kept.</param>
/// <param name="Axis">As of <see cref="Factored"/>; what is kept lies as the weight does.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>
/// A CUR decomposition C·U·R (Mahoney and Drineas, 2009), of which C·U is one factor: rows of R in it are those of the identity and are not stored, the others are the best there are, by least squares.
/// So r(in + out - r) numbers, fewer than <see cref="Lowrank"/> of that rank, and where each output is found. Rows are chosen by leverage score, one after another, each by
/// what those before leave of it (Drmač and Gugercin, 2016), so that no two say the same.
/// </remarks>
[EncodingExample("cur rank=1 (f32)", "cur rank=1 axis=1 input=0 (f16)")]
public sealed record Cur(long? Rank = null, int Axis = 0, int Input = 1, Encoding? Inner = null, Encoding? Remainder = null) : Ranked(Rank, Axis, Input, Inner, Remainder)
{
    private const string Found = "found", Kept = "kept", Others = "others";

    public override string Fitting => "leverage scores";

    /// <summary>One output at least is a sum.</summary>
    public override long Full(Shape shape) => Sides(shape) is var (outputs, columns) ? Math.Min(outputs - 1, columns) : 0;

    protected internal override Seq<Part> Factors(Shape shape)
    {
        var ((outputs, _), rank) = (Sides(shape), Checked(shape));
        return [new(Found, new([outputs], outputs <= ushort.MaxValue + 1 ? Scalar.U16 : Scalar.I32)), Factor(Kept, Low(shape, rank), Input, Axis), Factor(Others, [outputs - rank, rank], 1, 0)];
    }

    protected internal override Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at)
    {
        var ((outputs, _), rank) = (Sides(shape), Checked(shape));
        var found = factor(Found, [at[Axis]]).As(Scalar.I64);
        return Expr.Select(found < rank, factor(Kept, at.With(Axis, Expr.Clamp(found, 0, rank - 1))),
            Expr.Sum([rank], k => factor(Others, [Expr.Clamp(found - rank, 0, outputs - rank - 1), k[0]]) * factor(Kept, at.With(Axis, k[0]))));
    }

    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape)
    {
        var ((outputs, columns), rank) = (Sides(shape), Checked(shape));
        var matrix = Matrix(numbers, shape);
        int[] rows = [.. Leading(matrix, outputs, columns, rank).Order()];
        int[] order = [.. rows, .. Enumerable.Range(0, outputs).Except(rows)];
        var found = new float[outputs];
        foreach (var (place, output) in order.Index()) found[output] = place;
        double[] Of(ReadOnlySpan<int> chosen)
        {
            var all = new double[(long)chosen.Length * columns];
            for (var i = 0; i < chosen.Length; i++) matrix.AsSpan(chosen[i] * columns, columns).CopyTo(all.AsSpan(i * columns));
            return all;
        }
        var kept = Of(order.AsSpan(0, rank));
        var others = LeastSquares.Left(Of(order.AsSpan(rank)), kept, outputs - rank, rank, columns);
        return [found, Natural(kept, Low(shape, rank)), [.. others.Select(n => (float)n)]];
    }

    /// <summary>Rows by leverage: the length of each in the space of the first singular vectors, less what rows before it span.</summary>
    private static List<int> Leading(double[] matrix, int outputs, int columns, int rank)
    {
        var (u, _) = TruncatedSvd.Of(matrix, outputs, columns, rank);
        for (var r = 0; r < rank; r++)
        {
            var norm = Math.Sqrt(Enumerable.Range(0, outputs).Sum(o => u[o * rank + r] * u[o * rank + r]));
            for (var o = 0; norm > 0 && o < outputs; o++) u[o * rank + r] /= norm;
        }
        var (chosen, lengths) = (new List<int>(), new double[outputs]);
        for (var o = 0; o < outputs; o++) lengths[o] = Dot(u.AsSpan(o * rank, rank), u.AsSpan(o * rank, rank));
        while (chosen.Count < rank)
        {
            var best = Enumerable.Range(0, outputs).Except(chosen).MaxBy(o => lengths[o]);
            chosen.Add(best);
            var direction = u.AsSpan(best * rank, rank).ToArray();
            if (Dot(direction, direction) is not (> 0 and var square)) continue;
            for (var o = 0; o < outputs; o++)
            {
                var row = u.AsSpan(o * rank, rank);
                var along = Dot(row, direction) / square;
                for (var r = 0; r < rank; r++) row[r] -= along * direction[r];
                lengths[o] = Dot(row, row);
            }
        }
        return chosen;

        static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
        {
            var sum = 0.0;
            for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
            return sum;
        }
    }

    protected internal override float[] Multiplied(Seq<float[]> factors, Shape shape)
    {
        var ((outputs, columns), rank) = (Sides(shape), Checked(shape));
        var mixing = new float[outputs * rank];
        for (var o = 0; o < outputs; o++)
            if ((int)factors[0][o] is var place && place < rank) mixing[o * rank + place] = 1;
            else factors[2].AsSpan((place - rank) * rank, rank).CopyTo(mixing.AsSpan(o * rank));
        return Mixed(mixing, factors[1], rank, shape);
    }

    /// <summary>The same outputs are kept; each of the others is the sum of those that data tell least from it.</summary>
    public override Seq<float[]> Split(ReadOnlySpan<float> numbers, double[] hessian, Shape shape)
    {
        var ((outputs, columns), rank, near) = (Sides(shape), Checked(shape), Split(numbers, shape));
        var (kept, felt, aim) = (Matrix(near[1], Low(shape, rank)), Matrices.Product(Matrix(numbers, shape), hessian, outputs, columns, columns), new double[(long)(outputs - rank) * columns]);
        for (var o = 0; o < outputs; o++) if ((int)near[0][o] - rank is >= 0 and var place) felt.AsSpan(o * columns, columns).CopyTo(aim.AsSpan(place * columns));
        var turned = Matrices.Turned(kept, rank, columns);
        var gram = Matrices.Product(Matrices.Product(kept, hessian, rank, columns, columns), turned, rank, columns, rank);
        return near.With(2, Array.ConvertAll(LeastSquares.Solved(Matrices.Product(aim, turned, outputs - rank, columns, rank), gram, outputs - rank, rank), n => (float)n));
    }

    /// <summary>Outputs that are kept, sums of them behind, then each from its place.</summary>
    public override Value? Contract(WeightProduct product, Func<string, Value> factor)
    {
        var kept = product.Same(factor(Kept), ".kept");
        var all = product.Add(".all", new Ops.Concat(product.Channel), kept, product.Channels(kept, factor(Others), ".others"));
        return product.Add(".product", new Ops.Gather(product.Channel), all, factor(Found));
    }
}
