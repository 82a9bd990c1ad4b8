namespace Lathe.Ir.Algebra;

/// <summary>The product of two matrices of a rank that is nearest to a matrix: Eckart and Young (1936). By eigenvectors of the smaller of A·Aᵀ and Aᵀ·A, so that at full rank the product is A but for rounding.</summary>
public static class TruncatedSvd
{
    /// <param name="matrix">Row by row.</param>
    /// <returns>U of rows × rank, with unit columns where there are no more rows than columns, and V of rank × columns.</returns>
    public static (double[] U, double[] V) Of(double[] matrix, int rows, int columns, int rank)
    {
        var few = Math.Min(rows, columns);
        var (_, vectors) = LeadingEigen.Of(Gram(matrix, rows, columns), few, rank);
        return Factors(matrix, rows, columns, rank, vectors);
    }

    /// <summary>A·Aᵀ where there are no more rows than columns, else Aᵀ·A.</summary>
    public static double[] Gram(double[] matrix, int rows, int columns) => Matrices.Turned(matrix, rows, columns) is var turned && rows <= columns
        ? Matrices.Product(matrix, turned, rows, columns, rows) : Matrices.Product(turned, matrix, columns, rows, columns);

    /// <param name="vectors">Of the smaller side, a row each.</param>
    public static (double[] U, double[] V) Factors(double[] matrix, int rows, int columns, int rank, double[] vectors)
    {
        var chosen = vectors[..(rank * Math.Min(rows, columns))];
        return rows <= columns ? (Matrices.Turned(chosen, rank, rows), Matrices.Product(chosen, matrix, rank, rows, columns))
            : (Matrices.Product(matrix, Matrices.Turned(chosen, rank, columns), rows, columns, rank), chosen);
    }
}
