namespace Lathe.Passes;

/// <summary>
/// Exchanges numbers that are kept for ones that were dropped, row by row, as long as that shrinks the expected shift of the output, Σ over those dropped of w·E[x].
/// Zhang and others, Dynamic Sparse No Training (2024). Numbers stay as they are, and so many of each row are kept.
/// </summary>
internal static class Dsnot
{
    /// <summary>Most exchanges of a row.</summary>
    private const int Rounds = 50;

    /// <summary>Exchanges end where the shift is below this share of the root of the mean square of what a row adds up.</summary>
    private const double Enough = 1e-3;

    public static float[] Refined(PruneLayer layer, float[] numbers)
    {
        var (matrix, result, importance) = (layer.Matrix, (float[])numbers.Clone(), layer.Importance());
        foreach (var (_, rows) in layer.RowGroups)
        {
            var mean = layer.Mean(rows[0]);
            Parallel.ForEach(rows, row =>
            {
                int At(int c) => matrix.Row[row] + matrix.Column[c];
                var kept = new bool[matrix.Columns];
                var (shift, size) = (0.0, 0.0);
                for (var c = 0; c < kept.Length; c++)
                {
                    var w = layer.Numbers[At(c)];
                    kept[c] = result[At(c)] != 0;
                    size += (double)w * w * importance[At(c)];
                    if (!kept[c]) shift += w * mean[c];
                }
                var most = Enough * Math.Sqrt(size);
                for (var round = 0; round < Rounds && Math.Abs(shift) > most; round++)
                {
                    // What comes back takes as much of the shift along as it can, less where its input varies; what goes counts least and does not add to the shift.
                    var (grow, best, drop, least) = (-1, 0.0, -1, double.PositiveInfinity);
                    for (var c = 0; c < kept.Length; c++)
                    {
                        var (w, sign) = (layer.Numbers[At(c)], Math.Sign(shift));
                        var part = sign * w * mean[c];
                        if (!kept[c] && part > 0 && part / Math.Max(1e-12, importance[At(c)] - mean[c] * mean[c]) is var gain && gain > best) (grow, best) = (c, gain);
                        if (kept[c] && part <= 0 && Math.Abs(w) * Math.Sqrt(importance[At(c)]) is var loss && loss < least) (drop, least) = (c, loss);
                    }
                    if (grow < 0 || drop < 0) break;
                    var next = shift - layer.Numbers[At(grow)] * mean[grow] + layer.Numbers[At(drop)] * mean[drop];
                    if (Math.Abs(next) >= Math.Abs(shift)) break;
                    (shift, kept[grow], kept[drop]) = (next, true, false);
                }
                for (var c = 0; c < kept.Length; c++) result[At(c)] = kept[c] ? layer.Numbers[At(c)] : 0;
            });
        }
        return result;
    }
}
