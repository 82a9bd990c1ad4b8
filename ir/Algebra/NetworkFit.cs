namespace Lathe.Ir.Algebra;

/// <summary>
/// Arrays of a <see cref="TensorNetwork"/> whose product Ŵ is near to a matrix W where it counts: tr((W - Ŵ)·H·(W - Ŵ)ᵀ), H = E[x·xᵀ], is the mean square of what a product with x is off by.
/// One array after the other takes some steps of conjugate gradients, the others as they are (Ŵ is linear in each), again and again; no step makes it larger.
/// </summary>
/// <remarks>Hestenes and Stiefel, Methods of Conjugate Gradients for Solving Linear Systems (1952). Steps come easier to numbers that matter more: the diagonal of the normal equations, as H's diagonal has it, goes before.</remarks>
public static class NetworkFit
{
    /// <summary>Most rounds over all arrays, steps of each in a round, and the share of what is lost that a round must win to be followed by another.</summary>
    private const int Rounds = 12, Steps = 8;

    private const double Settled = 2e-3;

    /// <param name="arrays">Where to begin, such as the nearest ones by H = 1.</param>
    /// <param name="free">Whether a number of an array may move; null: all.</param>
    /// <param name="matrix">W, rows × columns as the network has them.</param>
    /// <param name="hessian">H, columns × columns.</param>
    public static double[][] Of(TensorNetwork network, IReadOnlyList<double[]> arrays, Func<int, int, bool>? free, double[] matrix, double[] hessian, int rows, int columns)
    {
        double[][] now = [.. arrays];
        var image = network.Product(now);
        var off = new double[matrix.Length];
        for (var i = 0; i < off.Length; i++) off[i] = matrix[i] - image[i];
        var seen = Matrices.Product(off, hessian, rows, columns, columns);
        var diagonal = new double[matrix.Length];
        for (var i = 0; i < diagonal.Length; i++) diagonal[i] = hessian[(long)(i % columns) * columns + i % columns];
        var lost = Dot(off, seen);
        for (var round = 0; round < Rounds && lost > 0; round++)
        {
            for (var array = 0; array < now.Length; array++) Step(array);
            var left = Dot(off, seen);
            if (lost - left <= Settled * lost) break;
            lost = left;
        }
        return now;

        void Step(int array)
        {
            // What other products add does not move.
            var moving = network.With(array);
            var weights = network.Adjoint([.. now.Select(numbers => Array.ConvertAll(numbers, n => n * n))], array, diagonal);
            var least = 1e-12 * weights.Max();
            if (!(least > 0)) return;
            for (var i = 0; i < weights.Length; i++) weights[i] = free is null || free(array, i) ? 1 / Math.Max(weights[i], least) : 0;
            var (moved, direction, before) = ((double[])now[array].Clone(), new double[weights.Length], 0.0);
            for (var step = 0; step < Steps; step++)
            {
                var slope = network.Adjoint(now, array, seen);
                var size = 0.0;
                for (var i = 0; i < slope.Length; i++) size += slope[i] * slope[i] * weights[i];
                if (!(size > 1e-24 * lost)) break;
                for (var i = 0; i < slope.Length; i++) direction[i] = slope[i] * weights[i] + (step == 0 ? 0 : size / before * direction[i]);
                before = size;
                double[][] along = [.. now];
                along[array] = direction;
                var change = moving.Product(along);
                var felt = Matrices.Product(change, hessian, rows, columns, columns);
                if (Dot(change, felt) is not (> 0 and var curve)) break;
                // The best step along the direction, whatever rounding has made of it.
                var length = Dot(change, seen) / curve;
                for (var i = 0; i < moved.Length; i++) moved[i] += length * direction[i];
                for (var i = 0; i < off.Length; i++) (off[i], seen[i]) = (off[i] - length * change[i], seen[i] - length * felt[i]);
            }
            now[array] = moved;
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
