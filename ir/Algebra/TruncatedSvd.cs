namespace Lathe.Ir.Algebra;

/// <summary>The product of two matrices of a rank that is nearest to a matrix: Eckart and Young (1936). By eigenvectors of the smaller of A·Aᵀ and Aᵀ·A, so that at full rank the product is A but for rounding.</summary>
public static class TruncatedSvd
{
    /// <param name="matrix">Row by row.</param>
    /// <returns>U of rows × rank, with unit columns where there are no more rows than columns, and V of rank × columns.</returns>
    public static (double[] U, double[] V) Of(ReadOnlySpan<double> matrix, int rows, int columns, int rank)
    {
        var a = matrix.ToArray();
        var (few, many) = (Math.Min(rows, columns), Math.Max(rows, columns));
        // The smaller side in rows.
        var lying = rows <= columns ? a : Turned(a, rows, columns);
        var gram = new double[few * few];
        for (var i = 0; i < few; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = 0.0;
                for (var t = 0; t < many; t++) sum += lying[i * many + t] * lying[j * many + t];
                gram[i * few + j] = gram[j * few + i] = sum;
            }
        var vectors = SymmetricEigen.Of(gram, few).Vectors;
        var (turn, rest) = (new double[few * rank], new double[rank * many]);
        for (var r = 0; r < rank; r++)
            for (var i = 0; i < few; i++)
            {
                var factor = turn[i * rank + r] = vectors[r * few + i];
                for (var t = 0; t < many; t++) rest[r * many + t] += factor * lying[i * many + t];
            }
        return rows <= columns ? (turn, rest) : (Turned(rest, rank, many), Turned(turn, few, rank));
    }

    private static double[] Turned(double[] a, int rows, int columns)
    {
        var turned = new double[a.Length];
        for (var i = 0; i < rows; i++) for (var j = 0; j < columns; j++) turned[j * rows + i] = a[i * columns + j];
        return turned;
    }
}
