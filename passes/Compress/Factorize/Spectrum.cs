using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// The best products of every rank for a matrix W: Eckart and Young, by eigenvectors of the smaller side. With H = E[x·xᵀ] of what the matrix multiplies, best means that
/// the output W·x is moved least: eigenvectors of W·H·Wᵀ, which are the principal components of the output, and W ≈ U·(Uᵀ·W).
/// Yu and Wu, Compressing Transformers: Features Are Low-Rank, but Weights Are Not! (2023); Wang and others, SVD-LLM (2024), whose whitened W·L is the same.
/// </summary>
internal sealed class Spectrum
{
    private readonly double[] matrix, vectors;
    private readonly double[]? root, inverse;
    private readonly int rows, columns;

    /// <param name="matrix">Row by row.</param>
    /// <param name="hessian">H, damped already; null: best means nearest.</param>
    /// <param name="most">The largest rank that is asked for; null: all.</param>
    public Spectrum(double[] matrix, int rows, int columns, double[]? hessian, int? most = null)
    {
        (this.matrix, this.rows, this.columns) = (matrix, rows, columns);
        double[] gram;
        if (hessian is not null && rows <= columns) gram = Matrices.Product(Matrices.Product(matrix, hessian, rows, columns, columns), Matrices.Turned(matrix, rows, columns), rows, columns, rows);
        else
        {
            gram = TruncatedSvd.Gram(matrix, rows, columns);
            if (hessian is not null)
            {
                root = (double[])hessian.Clone();
                if (!Cholesky.Factor(root, columns)) throw new DiagnosticException([new("LT3221", "factorize: what a weight is multiplied by has no usable Gram matrix: some inputs are always 0, or fewer samples than inputs were seen", "", "more calibration data, or damping=0.01")]);
                inverse = Cholesky.Inverse(root, columns);
                gram = Matrices.Product(Matrices.Turned(root, columns, columns), Matrices.Product(gram, root, columns, columns, columns), columns, columns, columns);
            }
        }
        var (values, found) = LeadingEigen.Of(gram, Full, most ?? Full);
        (Energies, vectors) = ([.. values.Select(value => Math.Max(0, value))], found);
    }

    public int Full => Math.Min(rows, columns);

    /// <summary>Squares of singular values, the largest first: the sum of those left out is what a rank loses. As many as are asked for, at least.</summary>
    public double[] Energies { get; }

    /// <summary>U of rows × rank and V of rank × columns.</summary>
    public (double[] U, double[] V) Factors(int rank)
    {
        if (rows <= columns || root is null) return TruncatedSvd.Factors(matrix, rows, columns, rank, vectors);
        var chosen = vectors[..(rank * Full)];
        return (Matrices.Product(matrix, Matrices.Product(root, Matrices.Turned(chosen, rank, columns), columns, columns, rank), rows, columns, rank), Matrices.Product(chosen, inverse!, rank, columns, columns));
    }

    /// <summary>The least rank that keeps a share of the energy.</summary>
    public int OfEnergy(double share)
    {
        var (kept, whole) = (0.0, Energies.Sum());
        for (var rank = 0; rank < Full; rank++) if ((kept += Energies[rank]) >= share * whole) return rank + 1;
        return Full;
    }

    /// <summary>
    /// Where the curve of singular values bends: the place farthest below the straight line from the largest to the smallest. A heavy tail bends early.
    /// Jaiswal and others, From GaLore to WeLore: How Low-Rank Weights Non-uniformly Emerge from Low-Rank Gradients (2024); the place as of Satopää and others, Kneedle (2011).
    /// </summary>
    public int OfKnee()
    {
        if (Full < 3) return 1;
        double[] curve = [.. Energies.Select(Math.Sqrt)];
        var (best, farthest) = (1, double.NegativeInfinity);
        for (var i = 1; i < Full; i++)
            if (curve[0] + (curve[^1] - curve[0]) * i / (Full - 1) - curve[i] is var below && below > farthest) (best, farthest) = (i, below);
        return best;
    }
}
