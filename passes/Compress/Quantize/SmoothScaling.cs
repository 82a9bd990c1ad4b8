namespace Lathe.Passes;

/// <summary>s = max|x|^α / max|w|^(1-α) for each channel: outliers of the input become larger weights. Xiao and others, SmoothQuant, 2023.</summary>
internal static class SmoothScaling
{
    public static double[]? Factors(IReadOnlyList<Layer> layers, ValueStatistics seen, double alpha)
    {
        var largest = new double[seen.Channels.Count];
        foreach (var layer in layers)
            for (var r = 0; r < layer.Matrix!.Rows; r++)
                for (var c = 0; c < layer.Matrix.Columns; c++)
                    if (c % largest.Length is var channel) largest[channel] = Math.Max(largest[channel], Math.Abs(layer.Numbers[layer.Matrix.Row[r] + layer.Matrix.Column[c]]));
        double[] factors = [.. largest.Select((w, c) => seen.Channels.AbsMax(c) is var x && x > 0 && w > 0 ? Math.Pow(x, alpha) / Math.Pow(w, 1 - alpha) : 1)];
        return factors.All(double.IsFinite) ? factors : null;
    }
}
