using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// s = a^α with a the mean magnitude of a channel: channels that are large keep finer steps. α is the one of a grid with the least output error of all weights that read
/// the value. Lin and others, AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration, 2024.
/// </summary>
internal static class AwqScaling
{
    private const int Steps = 20;

    /// <summary>Null where no scaling is better than none.</summary>
    public static double[]? Factors(IReadOnlyList<Layer> layers, ValueStatistics seen)
    {
        var (best, least) = ((double[]?)null, double.PositiveInfinity);
        var whole = layers.Select(layer => layer.RowGroups.Select(g => (g.Rows, Hessian: layer.Hessian(g.Group))).Single()).ToList();
        for (var step = 0; step < Steps; step++)
        {
            var factors = Powers(seen.Channels.AbsMean, step / (double)Steps);
            var error = layers.Zip(whole, (layer, all) => Error(layer, all.Rows, all.Hessian, factors)).Sum();
            if (error < least) (best, least) = (step == 0 ? null : factors, error);
        }
        return best;
    }

    /// <summary>Numbers to a power, their geometric middle 1; channels that were never anything else than 0 are left alone.</summary>
    public static double[] Powers(double[] numbers, double power)
    {
        var (low, high) = (numbers.Where(a => a > 0).DefaultIfEmpty(1).Min(), numbers.DefaultIfEmpty(1).Max());
        var middle = high <= 0 ? 1 : Math.Sqrt(Math.Pow(low, power) * Math.Pow(high, power));
        return [.. numbers.Select(a => a > 0 ? Math.Clamp(Math.Pow(a, power) / middle, 1e-4, 1e4) : 1)];
    }

    private static double Error(Layer layer, int[] rows, double[] hessian, double[] factors)
    {
        var (matrix, scaled, importance) = (layer.Matrix!, new float[layer.Numbers.Length], new float[layer.Numbers.Length]);
        var size = matrix.Columns;
        for (var r = 0; r < rows.Length; r++)
            for (var c = 0; c < size; c++)
            {
                var (at, s) = (matrix.Row[rows[r]] + matrix.Column[c], factors[c % factors.Length]);
                (scaled[at], importance[at]) = ((float)(layer.Numbers[at] * s), (float)(hessian[(long)c * size + c] / (s * s)));
            }
        var (codes, grids) = layer.Format.Choose(scaled, importance, layer.Shape);
        var stored = new Choice(codes, grids).Numbers(layer);
        var off = new double[(long)rows.Length * size];
        for (var r = 0; r < rows.Length; r++)
            for (var c = 0; c < size; c++)
                if (matrix.Row[rows[r]] + matrix.Column[c] is var at) off[(long)r * size + c] = stored[at] / factors[c % factors.Length] - layer.Numbers[at];
        return Layer.Energy(off, rows.Length, hessian, size).Sum();
    }
}
