namespace Lathe.Passes;

/// <summary>How often numbers fall into equal bins between -range and range. The range is the least power of two above every magnitude: it grows by doubling, two bins become one, so the order of numbers does not matter.</summary>
public sealed class Histogram
{
    public const int Bins = 2048;

    /// <summary>Numbers in each bin, the least first.</summary>
    public long[] Counts { get; } = new long[Bins];

    /// <summary>The end of the last bin; 0 before the first number that is not 0.</summary>
    public double Range { get; private set; }

    /// <summary>Zeros before there is a range.</summary>
    private long zeros;

    /// <summary>One that was written down.</summary>
    public static Histogram Of(double range, ReadOnlySpan<long> counts)
    {
        var all = new Histogram { Range = range };
        counts.CopyTo(all.Counts);
        return all;
    }

    public double Width => Range * 2 / Bins;

    /// <summary>The middle of a bin.</summary>
    public double Middle(int bin) => (bin + 0.5) * Width - Range;

    /// <param name="numbers">Finite ones count, others do not.</param>
    /// <param name="largest">No magnitude among them is above it.</param>
    public void Add(ReadOnlySpan<float> numbers, float largest)
    {
        if (largest > 0) Cover(largest);
        if (Range == 0)
        {
            foreach (var number in numbers) if (number == 0) zeros++;
            return;
        }
        var scale = 1 / Width;
        foreach (var number in numbers)
            if (float.IsFinite(number)) Counts[(int)((number + Range) * scale)]++;
    }

    private void Cover(double largest)
    {
        if (Range == 0)
        {
            Range = Math.ScaleB(1, Math.ILogB(largest) + 1);
            Counts[Bins / 2] = zeros;
        }
        for (; Range <= largest; Range *= 2)
        {
            var old = (long[])Counts.Clone();
            Array.Clear(Counts);
            for (var bin = 0; bin < Bins; bin++) Counts[Bins / 4 + bin / 2] += old[bin];
        }
    }
}
