namespace Lathe.Ir.Algebra;

/// <summary>
/// Points gathered around a few lines through the origin, each point a multiple of its cluster's center: Σ h·(w - s·c)² is least over centers c, multiples s, and who belongs where.
/// Lloyd's turns (1982), with the nearest line in place of the nearest center; a center that nobody is near takes the point that is worst off.
/// </summary>
/// <param name="Centers">Clusters × dimensions.</param>
/// <param name="Of">The cluster of each point.</param>
/// <param name="Scale">The multiple of each point.</param>
public sealed record LineClusters(double[] Centers, int[] Of, double[] Scale)
{
    private const int Rounds = 10;

    /// <summary>Points that are held against all centers at once. Of lines that are equally near the first wins, so that two of one line become one.</summary>
    private const int Together = 256;

    /// <param name="points">One after another.</param>
    /// <param name="weights">How much each number counts, none below 0; null: all alike.</param>
    public static LineClusters Find(double[] points, double[]? weights, int dimensions, int clusters)
    {
        var count = points.Length / dimensions;
        var (random, order) = (new Random(1), Enumerable.Range(0, count).ToArray());
        random.Shuffle(order);
        var (centers, of, scale, off) = (new double[(long)clusters * dimensions], new int[count], new double[count], new double[count]);
        for (var c = 0; c < clusters; c++) points.AsSpan(order[c] * dimensions, dimensions).CopyTo(centers.AsSpan(c * dimensions));
        var lost = double.PositiveInfinity;
        for (var round = 0; ; round++)
        {
            Assign(points, weights, dimensions, centers, of, scale, off);
            var left = off.Sum();
            if (round >= Rounds || left >= lost * (1 - 1e-3)) break;
            lost = left;
            Move(points, weights, dimensions, centers, of, scale, off);
        }
        return new(centers, of, scale);
    }

    private static void Assign(double[] points, double[]? weights, int dimensions, double[] centers, int[] of, double[] scale, double[] off)
    {
        var (count, clusters) = (of.Length, centers.Length / dimensions);
        var turned = Matrices.Turned(centers, clusters, dimensions);
        var squares = Array.ConvertAll(turned, c => c * c);
        var own = new double[clusters];
        for (var i = 0; i < squares.Length; i++) own[i % clusters] += squares[i];
        for (var first = 0; first < count; first += Together)
        {
            var some = Math.Min(Together, count - first);
            var (here, mine) = (points.AsSpan(first * dimensions, some * dimensions).ToArray(), weights?.AsSpan(first * dimensions, some * dimensions).ToArray());
            var weighted = mine is null ? here : [.. here.Zip(mine, (w, h) => w * h)];
            var (both, lengths) = (Matrices.Product(weighted, turned, some, dimensions, clusters), mine is null ? null : Matrices.Product(mine, squares, some, dimensions, clusters));
            for (var p = 0; p < some; p++)
            {
                var (best, won) = (0, -1.0);
                for (var c = 0; c < clusters; c++)
                {
                    var (product, length) = (both[p * clusters + c], lengths is null ? own[c] : lengths[p * clusters + c]);
                    if (length > 0 && product * product / length is var wins && wins > won + 1e-9 * Math.Abs(won)) (best, won) = (c, wins);
                }
                var energy = 0.0;
                for (var d = 0; d < dimensions; d++) energy += weighted[p * dimensions + d] * here[p * dimensions + d];
                var size = lengths is null ? own[best] : lengths[p * clusters + best];
                (of[first + p], scale[first + p], off[first + p]) = (best, size > 0 ? both[p * clusters + best] / size : 0, Math.Max(0, energy - Math.Max(0, won)));
            }
        }
    }

    /// <summary>The centers of least squares, number by number.</summary>
    private static void Move(double[] points, double[]? weights, int dimensions, double[] centers, int[] of, double[] scale, double[] off)
    {
        var (sums, totals, members) = (new double[centers.Length], new double[centers.Length], new int[centers.Length / dimensions]);
        for (var p = 0; p < of.Length; p++)
        {
            members[of[p]]++;
            for (var d = 0; d < dimensions; d++)
            {
                var (to, weight) = (of[p] * dimensions + d, weights is null ? 1 : weights[p * dimensions + d]);
                (sums[to], totals[to]) = (sums[to] + weight * scale[p] * points[p * dimensions + d], totals[to] + weight * scale[p] * scale[p]);
            }
        }
        for (var i = 0; i < centers.Length; i++) if (totals[i] > 0) centers[i] = sums[i] / totals[i];
        using var worst = Enumerable.Range(0, of.Length).OrderByDescending(p => off[p]).GetEnumerator();
        for (var c = 0; c < members.Length; c++)
            if (members[c] == 0 && worst.MoveNext()) points.AsSpan(worst.Current * dimensions, dimensions).CopyTo(centers.AsSpan(c * dimensions));
    }
}
