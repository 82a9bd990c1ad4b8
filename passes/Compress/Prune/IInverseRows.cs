namespace Lathe.Passes;

/// <summary>Rows of U, upper triangular, with UᵀU the inverse of H + λI: what carries errors of a column to those that follow. They are asked for from the first to the last.</summary>
internal interface IInverseRows
{
    /// <summary>Some rows, from the column of the first on.</summary>
    /// <param name="first">The first row, <paramref name="end"/> one past the last.</param>
    double[] Rows(int first, int end);
}

/// <summary>Of a factor that is there.</summary>
/// <param name="factor">As <see cref="InverseFactor"/> makes it.</param>
internal sealed class WholeInverse(double[] factor, int size) : IInverseRows
{
    public double[] Rows(int first, int end)
    {
        var (across, rows) = (size - first, new double[(long)(end - first) * (size - first)]);
        for (var r = first; r < end; r++) Array.Copy(factor, (long)r * size + first, rows, (long)(r - first) * across, across);
        return rows;
    }
}
