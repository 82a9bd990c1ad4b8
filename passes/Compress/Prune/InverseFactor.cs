using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>What carries errors of a column to those that follow: U, upper triangular, with UᵀU the inverse of H + λI.</summary>
internal static class InverseFactor
{
    /// <summary>With J turning the order round and L·Lᵀ = J(H + λI)J it is J·L⁻¹·J. Null where H is not positive whatever is added.</summary>
    /// <param name="damping">λ as a share of the mean of H's diagonal; ten times as much where H is not positive then.</param>
    public static double[]? Of(double[] hessian, int size, double damping)
    {
        var mean = 0.0;
        for (var i = 0; i < size; i++) mean += hessian[(long)i * size + i] / size;
        for (var share = damping; share <= 10; share = Math.Max(share * 10, 1e-4))
        {
            var turned = new double[hessian.Length];
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j <= i; j++) turned[(long)i * size + j] = hessian[(long)(size - 1 - i) * size + size - 1 - j];
                turned[(long)i * size + i] += mean > 0 ? share * mean : 1;
            }
            if (!Cholesky.Factor(turned, size)) continue;
            var inverse = Cholesky.Inverse(turned, size);
            Array.Reverse(inverse);
            return inverse;
        }
        return null;
    }
}
