using System.Numerics;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gathers what is kept of one value, run by run. Nothing of a run stays but sums.</summary>
/// <param name="axis">The channel axis; -1: all is one channel.</param>
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
        var (channels, inner) = run.Shape.Count == 0 ? (1, 1) : axis < 0 ? (1, checked((int)run.Count)) : ((int)run.Shape[axis], (int)run.Shape.Skip(axis + 1).Aggregate(1L, (size, extent) => size * extent));
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

    /// <summary>Numbers of one channel, one after another: lanes have sums of their own.</summary>
    private void Row(ReadOnlySpan<float> numbers, int channel)
    {
        var (width, at) = (Vector<float>.Count, 0);
        Vector<double> s = default, q = default, m = default;
        Vector<float> l = new(low[channel]), h = new(high[channel]);
        for (; at + width <= numbers.Length; at += width)
        {
            var x = new Vector<float>(numbers[at..]);
            if (!Vector.EqualsAll(x - x, Vector<float>.Zero)) break;
            Vector.Widen(x, out var a, out var b);
            (s, q, m, l, h) = (s + a + b, q + a * a + b * b, m + Vector.Abs(a) + Vector.Abs(b), Vector.Min(l, x), Vector.Max(h, x));
        }
        sum[channel] += Vector.Sum(s);
        square[channel] += Vector.Sum(q);
        magnitude[channel] += Vector.Sum(m);
        for (var i = 0; i < width; i++) (low[channel], high[channel]) = (Math.Min(low[channel], l[i]), Math.Max(high[channel], h[i]));
        count[channel] += at;
        foreach (var x in numbers[at..]) One(x, channel);
    }

    /// <summary>Channels side by side.</summary>
    private void Rows(ReadOnlySpan<float> numbers, int channels)
    {
        var width = Vector<float>.Count;
        for (var at = 0; at < numbers.Length; at += channels)
        {
            var row = numbers.Slice(at, channels);
            var c = 0;
            for (; c + width <= channels; c += width)
            {
                var x = new Vector<float>(row[c..]);
                if (!Vector.EqualsAll(x - x, Vector<float>.Zero)) { for (var i = 0; i < width; i++) One(row[c + i], c + i); continue; }
                Vector.Widen(x, out var a, out var b);
                var half = width / 2;
                Add(sum, c, a);
                Add(sum, c + half, b);
                Add(square, c, a * a);
                Add(square, c + half, b * b);
                Add(magnitude, c, Vector.Abs(a));
                Add(magnitude, c + half, Vector.Abs(b));
                Vector.Min(new Vector<float>(low, c), x).CopyTo(low, c);
                Vector.Max(new Vector<float>(high, c), x).CopyTo(high, c);
                for (var i = 0; i < width; i++) count[c + i]++;
            }
            for (; c < channels; c++) One(row[c], c);
        }

        static void Add(double[] sums, int at, Vector<double> numbers) => (new Vector<double>(sums, at) + numbers).CopyTo(sums, at);
    }

    private void One(float x, int channel)
    {
        if (!float.IsFinite(x)) { Odd(x); return; }
        double d = x;
        sum[channel] += d;
        square[channel] += d * d;
        magnitude[channel] += Math.Abs(d);
        low[channel] = Math.Min(low[channel], x);
        high[channel] = Math.Max(high[channel], x);
        count[channel]++;
    }

    private void Odd(float x)
    {
        if (float.IsNaN(x)) throw new DiagnosticException([new("LT3211", $"calibration: %{name} is not a number somewhere", name, "the data, or what the model makes of it, is faulty: lathe run prints values")]);
        infinite++;
    }
}
