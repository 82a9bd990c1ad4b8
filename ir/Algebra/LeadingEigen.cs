namespace Lathe.Ir.Algebra;

/// <summary>
/// The largest eigenvalues of a symmetric matrix that has none below 0, and their vectors. Few of many are found by multiplying a random block with the matrix again and again
/// (Halko, Martinsson and Tropp, Finding Structure with Randomness, 2011: with A·Aᵀ as the matrix this is the randomised singular value decomposition with power iterations);
/// more, by all of <see cref="SymmetricEigen"/>. What is left out is known exactly, from the trace, and decides how often.
/// </summary>
public static class LeadingEigen
{
    /// <summary>Vectors beyond those asked for, which settle the last of them; the most rounds; the share of what is left out that a round must still win.</summary>
    private const int Spare = 24, MostRounds = 24;

    private const double Settled = 1e-4;

    /// <param name="matrix">Row by row, both halves; it is spoilt.</param>
    /// <param name="count">How many are asked for; values and rows of vectors that come back are as many at least.</param>
    public static (double[] Values, double[] Vectors) Of(double[] matrix, int size, int count)
    {
        var block = count + Spare;
        if (size < 256 || block > size / 3 || Iterated(matrix, size, block, count) is not { } found)
        {
            var all = SymmetricEigen.Of(matrix, size);
            return (all.Values, all.Vectors);
        }
        return found;
    }

    /// <summary>Null where the block has fewer directions than it has rows: the matrix is of a lower rank.</summary>
    private static (double[], double[])? Iterated(double[] matrix, int size, int block, int count)
    {
        var (trace, random, rows) = (0.0, new Random(1), new double[block * size]);
        for (var i = 0; i < size; i++) trace += matrix[(long)i * size + i];
        for (var i = 0; i < rows.Length; i++) rows[i] = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
        var lost = double.PositiveInfinity;
        for (var round = 0; ; round++)
        {
            if (!Straighten(rows, block, size)) return null;
            var image = Matrices.Product(rows, matrix, block, size, size);
            // Within the block the problem is a small one (Rayleigh and Ritz).
            var small = SymmetricEigen.Of(Matrices.Product(image, Matrices.Turned(rows, block, size), block, size, block), block);
            var left = trace - small.Values.Take(count).Sum();
            if (round + 1 >= MostRounds || lost - left <= Settled * Math.Max(left, 1e-12 * trace)) return (small.Values[..count], Matrices.Product(small.Vectors[..(count * block)], rows, count, block, size));
            (lost, rows) = (left, Matrices.Product(small.Vectors, image, block, block, size));
        }
    }

    /// <summary>Makes rows orthonormal, by Cholesky's factor of their products, twice for what rounding leaves.</summary>
    private static bool Straighten(double[] rows, int block, int size)
    {
        for (var time = 0; time < 2; time++)
        {
            // Rows of one length first: powers of a matrix differ by as many.
            for (var r = 0; r < block; r++)
            {
                var row = rows.AsSpan(r * size, size);
                var norm = 0.0;
                foreach (var number in row) norm += number * number;
                if (!(norm > 0)) return false;
                for (var i = 0; i < size; i++) row[i] /= Math.Sqrt(norm);
            }
            var gram = Matrices.Product(rows, Matrices.Turned(rows, block, size), block, size, block);
            if (!Cholesky.Factor(gram, block)) return false;
            Matrices.Product(Cholesky.Inverse(gram, block), rows, block, block, size).CopyTo(rows, 0);
        }
        return true;
    }
}
