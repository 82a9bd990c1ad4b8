using System.Numerics;
using System.Runtime.InteropServices;

namespace Lathe.Ir.Algebra;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to three diagonals, then QL steps with implicit shifts. Vectors lie in rows, so that
/// reflections and rotations run along memory. Golub and Van Loan, Matrix Computations, 8.3; Bowdler, Martin, Reinsch and Wilkinson (1968).
/// </summary>
public sealed class SymmetricEigen
{
    /// <summary>QL steps for one eigenvalue; two or three are usual.</summary>
    private const int MostSteps = 60;

    private SymmetricEigen(double[] values, double[] vectors) => (Values, Vectors) = (values, vectors);

    /// <summary>The largest first.</summary>
    public double[] Values { get; }

    /// <summary>Row i is the unit vector of value i.</summary>
    public double[] Vectors { get; }

    /// <param name="matrix">Row by row, both halves; it is spoilt.</param>
    /// <exception cref="ArithmeticException">It holds something that is no number.</exception>
    public static SymmetricEigen Of(double[] matrix, int size)
    {
        var (diagonal, beside) = (new double[size], new double[size]);
        var vectors = Tridiagonal(matrix, size, diagonal, beside);
        Rotate(vectors, size, diagonal, beside);
        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => diagonal[i])];
        var sorted = new double[vectors.Length];
        for (var i = 0; i < size; i++) vectors.AsSpan(order[i] * size, size).CopyTo(sorted.AsSpan(i * size, size));
        return new([.. order.Select(i => diagonal[i])], sorted);
    }

    /// <summary>Leaves the diagonal and the one beside it, and returns Qᵀ with the matrix Q·T·Qᵀ.</summary>
    private static double[] Tridiagonal(double[] a, int n, double[] diagonal, double[] beside)
    {
        var (factors, p) = (new double[n], new double[n]);
        for (var k = 0; k + 2 < n; k++)
        {
            // The reflection that leaves one number of row k behind the diagonal; its vector takes the row's place.
            var (first, left) = (k + 1, n - k - 1);
            var v = a.AsSpan(k * n + first, left);
            var norm = Math.Sqrt(Dot(v, v));
            beside[k] = 0;
            if (norm == 0) continue;
            var alpha = v[0] > 0 ? -norm : norm;
            beside[k] = alpha;
            v[0] -= alpha;
            var factor = factors[k] = 2 / Dot(v, v);
            var w = p.AsSpan(0, left);
            for (var i = 0; i < left; i++) w[i] = factor * Dot(a.AsSpan((first + i) * n + first, left), v);
            Add(w, v, -factor / 2 * Dot(w, v));
            for (var i = 0; i < left; i++)
            {
                var row = a.AsSpan((first + i) * n + first, left);
                Add(row, v, -w[i]);
                Add(row, w, -v[i]);
            }
        }
        if (n > 1) beside[n - 2] = a[(n - 2) * n + n - 1];
        for (var i = 0; i < n; i++) diagonal[i] = a[i * n + i];

        var q = new double[n * n];
        for (var i = 0; i < n; i++) q[i * n + i] = 1;
        for (var k = n - 3; k >= 0; k--)
        {
            if (factors[k] == 0) continue;
            var v = a.AsSpan(k * n + k + 1, n - k - 1);
            for (var i = k + 1; i < n; i++)
            {
                var row = q.AsSpan(i * n + k + 1, n - k - 1);
                Add(row, v, -factors[k] * Dot(row, v));
            }
        }
        return q;
    }

    private static void Rotate(double[] vectors, int n, double[] d, double[] e)
    {
        for (var l = 0; l < n; l++)
        {
            for (var steps = 0; ; steps++)
            {
                var m = l;
                for (; m + 1 < n; m++)
                    if (Math.Abs(e[m]) <= double.Epsilon + 2.3e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1]))) break;
                if (m == l) break;
                if (steps == MostSteps) throw new ArithmeticException("eigenvalues do not settle: the matrix holds something that is no number");
                var g = (d[l + 1] - d[l]) / (2 * e[l]);
                var r = double.Hypot(g, 1);
                g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
                double s = 1, c = 1, p = 0;
                var i = m - 1;
                for (; i >= l; i--)
                {
                    var (f, b) = (s * e[i], c * e[i]);
                    e[i + 1] = r = double.Hypot(f, g);
                    if (r == 0)
                    {
                        d[i + 1] -= p;
                        e[m] = 0;
                        break;
                    }
                    (s, c) = (f / r, g / r);
                    g = d[i + 1] - p;
                    r = (d[i] - g) * s + 2 * c * b;
                    p = s * r;
                    d[i + 1] = g + p;
                    g = c * r - b;
                    Turn(vectors.AsSpan(i * n, n), vectors.AsSpan((i + 1) * n, n), c, s);
                }
                if (r == 0 && i >= l) continue;
                d[l] -= p;
                e[l] = g;
                e[m] = 0;
            }
        }
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (sum, i) = (Vector<double>.Zero, 0);
        for (; i + Vector<double>.Count <= x.Length; i += Vector<double>.Count) sum = Vector.FusedMultiplyAdd(new(x[i..]), new(y[i..]), sum);
        var all = Vector.Sum(sum);
        for (; i < x.Length; i++) all += x[i] * y[i];
        return all;
    }

    /// <summary>x += factor · y.</summary>
    private static void Add(Span<double> x, ReadOnlySpan<double> y, double factor)
    {
        var (times, i) = (new Vector<double>(factor), 0);
        for (; i + Vector<double>.Count <= x.Length; i += Vector<double>.Count) Vector.FusedMultiplyAdd(times, new(y[i..]), new Vector<double>(x[i..])).CopyTo(x[i..]);
        for (; i < x.Length; i++) x[i] += factor * y[i];
    }

    private static void Turn(Span<double> low, Span<double> high, double c, double s)
    {
        Span<Vector<double>> lows = MemoryMarshal.Cast<double, Vector<double>>(low), highs = MemoryMarshal.Cast<double, Vector<double>>(high);
        for (var i = 0; i < lows.Length; i++)
        {
            var (a, b) = (lows[i], highs[i]);
            highs[i] = a * s + b * c;
            lows[i] = a * c - b * s;
        }
        for (var i = lows.Length * Vector<double>.Count; i < low.Length; i++) (low[i], high[i]) = (low[i] * c - high[i] * s, low[i] * s + high[i] * c);
    }
}
