using System.Numerics;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// The same without H: of m columns x whose mean square it is, H = XᵀX / m with X m rows. Where columns F of X are left, (H + λI)⁻¹ = (I - XᵀKX) / λ with K = (mλI + XXᵀ)⁻¹, m by m;
/// a column that is done leaves K by one step of rank one. Frantar and others, M-FAC (2021); Sherman and Morrison (1950).
/// </summary>
/// <remarks>m² + m·n numbers in place of n². Memory of the rows that are asked for comes on top.</remarks>
internal sealed unsafe class SampledInverse : IInverseRows
{
    /// <summary>Numbers of all columns that are multiplied at a time.</summary>
    private const int Panel = 256;

    private readonly int size, count;
    private readonly double damping;
    private readonly double[] columns, kernel;

    /// <param name="columns">The m columns, one after another.</param>
    /// <param name="size">Numbers of each.</param>
    /// <param name="share">λ as a share of the mean of H's diagonal.</param>
    public SampledInverse(double[] columns, int size, double share)
    {
        (this.columns, this.size, count) = (columns, size, columns.Length / size);
        var mean = columns.Sum(x => x * x) / columns.Length;
        damping = mean > 0 ? Math.Max(share, 1e-4) * mean : 1;
        var (whole, part) = (new double[(long)count * count], new double[(long)Panel * count]);
        for (var first = 0; first < size; first += Panel)
        {
            var wide = Math.Min(Panel, size - first);
            for (var c = 0; c < wide; c++) Column(first + c).CopyTo(part, c * count);
            fixed (double* x = part, k = whole) Products.Add(x, count, x, count, k, count, count, count, wide, 1);
        }
        for (var s = 0; s < count; s++) whole[(long)s * count + s] += count * damping;
        // λ is more than nothing, so this is positive.
        if (!Cholesky.Factor(whole, count)) throw new InvalidOperationException("a Gram matrix with something on its diagonal is not positive");
        var inverse = Cholesky.Inverse(whole, count);
        kernel = new double[whole.Length];
        fixed (double* l = inverse, k = kernel) Products.Add(l, count, l, count, k, count, count, count, count, 1);
    }

    public double[] Rows(int first, int end)
    {
        var (wide, rows, carried) = (size - first, new double[(long)(end - first) * (size - first)], new double[(long)count * (end - first)]);
        var step = new double[count];
        for (var c = first; c < end; c++)
        {
            var mine = Column(c);
            for (var s = 0; s < count; s++) step[s] = Sum(new(kernel, s * count, count), mine);
            var left = 1 - Sum(step, mine);
            var root = Math.Sqrt(left / damping);
            rows[(long)(c - first) * wide + c - first] = root;
            for (var s = 0; s < count; s++) carried[(long)s * (end - first) + c - first] = -step[s] / (damping * root);
            for (var s = 0; s < count; s++)
            {
                var factor = step[s] / left;
                var row = kernel.AsSpan(s * count, count);
                for (var t = 0; t < count; t++) row[t] += factor * step[t];
            }
        }
        // Behind its own column a row is what is carried there, in products with the columns that are left.
        var products = new double[rows.Length];
        fixed (double* v = carried, x = columns, to = products) Products.Add(v, end - first, x + first, size, to, wide, end - first, wide, count, 1);
        for (var r = 0; r < end - first; r++) Array.Copy(products, (long)r * wide + r + 1, rows, (long)r * wide + r + 1, wide - r - 1);
        return rows;
    }

    /// <summary>One number of all columns.</summary>
    private double[] Column(int c)
    {
        var one = new double[count];
        for (var s = 0; s < count; s++) one[s] = columns[(long)s * size + c];
        return one;
    }

    private static double Sum(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (sum, i) = (Vector<double>.Zero, 0);
        for (; i + Vector<double>.Count <= a.Length; i += Vector<double>.Count) sum = Vector.FusedMultiplyAdd(new(a[i..]), new(b[i..]), sum);
        var total = Vector.Sum(sum);
        for (; i < a.Length; i++) total += a[i] * b[i];
        return total;
    }
}
