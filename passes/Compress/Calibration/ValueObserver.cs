using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gathers what is kept of one value, run by run. Nothing of a run stays but sums.</summary>
/// <param name="axis">The channel axis.</param>
public sealed class ValueObserver(string name, int axis)
{
    private readonly Histogram histogram = new();
    private double[] sum = [], square = [], magnitude = [];
    private float[] low = [], high = [];
    private long[] count = [];
    private long infinite;

    /// <exception cref="DiagnosticException">LT3211: it is no number somewhere. LT3212: channels come and go.</exception>
    public void Add(Tensor run)
    {
        if (run.Count == 0) return;
        var numbers = run.Bytes.As<float>()[..checked((int)run.Count)];
        var (channels, inner) = run.Shape.Count == 0 ? (1, 1) : ((int)run.Shape[axis], (int)run.Shape.Skip(axis + 1).Aggregate(1L, (size, extent) => size * extent));
        if (count.Length == 0) Start(channels);
        if (count.Length != channels) throw new DiagnosticException([new("LT3212", $"calibration: %{name} has {channels} channels in one run, {count.Length} in another", name, "--dim fixes the dimension that they follow")]);
        if (inner == 1) Rows(numbers, channels);
        else for (var row = 0; row < numbers.Length / inner; row++) Row(numbers.Slice(row * inner, inner), row % channels);
        var largest = 0f;
        for (var c = 0; c < channels; c++) largest = Math.Max(largest, Math.Max(-low[c], high[c]));
        histogram.Add(numbers, largest);
        GC.KeepAlive(run);
    }

    public ValueStatistics? Result()
    {
        if (count.Length == 0 || count.All(n => n == 0)) return null;
        var n = count.Sum();
        double[] Per(double[] sums) => [.. sums.Select((x, c) => count[c] == 0 ? 0 : x / count[c])];
        var mean = sum.Sum() / n;
        var (means, squares) = (Per(sum), Per(square));
        double[] Ends(float[] ends) => [.. ends.Select((x, c) => count[c] == 0 ? 0.0 : x)];
        return new(n, infinite, Ends(low).Min(), Ends(high).Max(), mean, Math.Max(0, square.Sum() / n - mean * mean), histogram,
            new(axis, Ends(low), Ends(high), means, [.. squares.Select((x, c) => Math.Max(0, x - means[c] * means[c]))], Per(magnitude)));
    }

    private void Start(int channels)
    {
        (sum, square, magnitude, low, high, count) = (new double[channels], new double[channels], new double[channels], new float[channels], new float[channels], new long[channels]);
        Array.Fill(low, float.PositiveInfinity);
        Array.Fill(high, float.NegativeInfinity);
    }

    /// <summary>Numbers of one channel, one after another.</summary>
    private void Row(ReadOnlySpan<float> numbers, int channel)
    {
        double s = 0, q = 0, m = 0;
        var (l, h, n) = (low[channel], high[channel], 0);
        foreach (var x in numbers)
        {
            if (!float.IsFinite(x)) { Odd(x); continue; }
            double d = x;
            (s, q, m, l, h, n) = (s + d, q + d * d, m + Math.Abs(d), Math.Min(l, x), Math.Max(h, x), n + 1);
        }
        (sum[channel], square[channel], magnitude[channel], low[channel], high[channel], count[channel]) = (sum[channel] + s, square[channel] + q, magnitude[channel] + m, l, h, count[channel] + n);
    }

    /// <summary>Channels side by side.</summary>
    private void Rows(ReadOnlySpan<float> numbers, int channels)
    {
        for (var at = 0; at < numbers.Length; at += channels)
        {
            var row = numbers.Slice(at, channels);
            for (var c = 0; c < row.Length; c++)
            {
                var x = row[c];
                if (!float.IsFinite(x)) { Odd(x); continue; }
                double d = x;
                sum[c] += d;
                square[c] += d * d;
                magnitude[c] += Math.Abs(d);
                low[c] = Math.Min(low[c], x);
                high[c] = Math.Max(high[c], x);
                count[c]++;
            }
        }
    }

    private void Odd(float x)
    {
        if (float.IsNaN(x)) throw new DiagnosticException([new("LT3211", $"calibration: %{name} is not a number somewhere", name, "the data, or what the model makes of it, is faulty: lathe run prints values")]);
        infinite++;
    }
}
