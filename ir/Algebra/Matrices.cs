namespace Lathe.Ir.Algebra;

/// <summary>Whole matrices of f64, row by row.</summary>
public static unsafe class Matrices
{
    /// <summary>a·b, a of rows × depth and b of depth × columns.</summary>
    public static double[] Product(double[] a, double[] b, int rows, int depth, int columns)
    {
        var (turned, product) = (Turned(a, rows, depth), new double[(long)rows * columns]);
        fixed (double* x = turned, y = b, z = product) Products.Add(x, rows, y, columns, z, columns, rows, columns, depth, 1);
        return product;
    }

    /// <summary>The other way round: columns × rows.</summary>
    public static double[] Turned(double[] a, int rows, int columns)
    {
        const int block = 32;
        var turned = new double[a.LongLength];
        for (var first = 0; first < rows; first += block)
            for (var left = 0; left < columns; left += block)
                for (var i = first; i < Math.Min(rows, first + block); i++)
                    for (var j = left; j < Math.Min(columns, left + block); j++) turned[(long)j * rows + i] = a[(long)i * columns + j];
        return turned;
    }
}
