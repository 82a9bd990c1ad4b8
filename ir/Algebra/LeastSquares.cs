namespace Lathe.Ir.Algebra;

/// <summary>Normal equations of matrices, solved by Cholesky's factor. Where they leave something open (directions that nothing shows), the smallest solution by a little that is added to the diagonal.</summary>
public static class LeastSquares
{
    /// <summary>The X for which X·M is nearest to W: W·Mᵀ·(M·Mᵀ)⁻¹.</summary>
    /// <param name="w">Rows × columns.</param>
    /// <param name="m">Depth × columns.</param>
    /// <returns>Rows × depth.</returns>
    public static double[] Left(double[] w, double[] m, int rows, int depth, int columns)
    {
        var turned = Matrices.Turned(m, depth, columns);
        return Solved(Matrices.Product(w, turned, rows, columns, depth), Matrices.Product(m, turned, depth, columns, depth), rows, depth);
    }

    /// <summary>The X with X·G = B, G symmetric and not negative.</summary>
    /// <param name="gram">Size × size; it is spoilt.</param>
    /// <returns>Rows × size.</returns>
    public static double[] Solved(double[] b, double[] gram, int rows, int size)
    {
        var mean = 0.0;
        for (var i = 0; i < size; i++) mean += gram[i * size + i] / size;
        for (var damping = 1e-13 * mean; ; damping *= 100)
        {
            var lower = (double[])gram.Clone();
            for (var i = 0; i < size; i++) lower[i * size + i] += mean > 0 ? damping : 1;
            if (!Cholesky.Factor(lower, size))
            {
                if (damping > mean || !double.IsFinite(mean)) throw new ArithmeticException("normal equations hold something that is no number");
                continue;
            }
            var inverse = Cholesky.Inverse(lower, size);
            // L·Lᵀ is G: X = B·L⁻ᵀ·L⁻¹.
            return Matrices.Product(Matrices.Product(b, Matrices.Turned(inverse, size, size), rows, size, size), inverse, rows, size, size);
        }
    }
}
