namespace Lathe.Ir.Algebra;

/// <summary>The Cholesky factor of a symmetric positive matrix, and its inverse, in blocks. Golub and Van Loan, Matrix Computations, 4.2.</summary>
public static unsafe class Cholesky
{
    private const int Block = 64;

    /// <summary>Replaces the lower half of a matrix with L, L·Lᵀ the matrix; the upper half becomes 0.</summary>
    /// <returns>False: the matrix is not positive, and spoilt.</returns>
    public static bool Factor(double[] matrix, int size)
    {
        var panel = new double[Block * size];
        fixed (double* a = matrix, p = panel)
        {
            for (var first = 0; first < size; first += Block)
            {
                var end = Math.Min(size, first + Block);
                for (var i = first; i < end; i++)
                {
                    var row = a + (long)i * size;
                    for (var j = first; j <= i; j++)
                    {
                        var other = a + (long)j * size;
                        var sum = row[j];
                        for (var t = first; t < j; t++) sum -= row[t] * other[t];
                        if (j < i) row[j] = sum / other[j];
                        else if (sum > 0) row[j] = Math.Sqrt(sum);
                        else return false;
                    }
                }
                var (left, start, stop) = (size - end, first, end);
                nint under = (nint)a, gathered = (nint)p;
                Parallel.For(0, (left + Block - 1) / Block, block =>
                {
                    double* a = (double*)under, p = (double*)gathered;
                    for (var i = stop + block * Block; i < Math.Min(size, stop + (block + 1) * Block); i++)
                    {
                        var row = a + (long)i * size;
                        for (var j = start; j < stop; j++)
                        {
                            var other = a + (long)j * size;
                            var sum = row[j];
                            for (var t = start; t < j; t++) sum -= row[t] * other[t];
                            p[(j - start) * (long)left + i - stop] = row[j] = sum / other[j];
                        }
                    }
                });
                if (left > 0) Products.Add(p, left, p, left, a + (long)end * size + end, size, left, left, end - first, -1, lower: true);
            }
            for (var i = 0; i < size; i++) new Span<double>(a + (long)i * size + i + 1, size - i - 1).Clear();
        }
        return true;
    }

    /// <summary>Replaces b with the x of L·Lᵀ·x = b. Golub and Van Loan, 3.1 and 4.2.</summary>
    /// <param name="lower">L, as <see cref="Factor"/> leaves it.</param>
    public static void Solve(double[] lower, double[] right)
    {
        var size = right.Length;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < i; j++) right[i] -= lower[(long)i * size + j] * right[j];
            right[i] /= lower[(long)i * size + i];
        }
        for (var i = size - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < size; j++) right[i] -= lower[(long)j * size + i] * right[j];
            right[i] /= lower[(long)i * size + i];
        }
    }

    /// <summary>The inverse of a lower triangular matrix, itself lower triangular.</summary>
    public static double[] Inverse(double[] lower, int size)
    {
        var (inverse, panel) = (new double[lower.Length], new double[Block * size]);
        for (var i = 0; i < size; i++) inverse[(long)i * size + i] = 1;
        fixed (double* l = lower, x = inverse, p = panel)
        {
            for (var first = 0; first < size; first += Block)
            {
                var end = Math.Min(size, first + Block);
                for (var i = first; i < end; i++)
                {
                    var row = new Span<double>(x + (long)i * size, end);
                    for (var t = first; t < i; t++)
                    {
                        var factor = l[(long)i * size + t];
                        var other = x + (long)t * size;
                        for (var j = 0; j <= t; j++) row[j] -= factor * other[j];
                    }
                    var scale = 1 / l[(long)i * size + i];
                    for (var j = 0; j <= i; j++) row[j] *= scale;
                }
                var left = size - end;
                if (left == 0) break;
                for (var i = 0; i < left; i++)
                    for (var t = first; t < end; t++) p[(t - first) * (long)left + i] = l[(long)(end + i) * size + t];
                Products.Add(p, left, x + (long)first * size, size, x + (long)end * size, size, left, end, end - first, -1);
            }
        }
        return inverse;
    }
}
