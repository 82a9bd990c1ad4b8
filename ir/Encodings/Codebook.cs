namespace Lathe.Ir;

/// <summary>A table of 2^bits numbers that is fitted to the weight: <c>codebook bits=4 axis=0</c>, <c>codebook bits=3 group=64 scales=f16</c>.</summary>
/// <param name="Bits">2 to 8; up to 5 the table lies in registers.</param>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">As of <see cref="Levelled"/>.</param>
/// <remarks>
/// K-means in one dimension (Lloyd, Least squares quantization in PCM, 1982), each number weighted by the mean square of what it is multiplied by, as eDKM and
/// SqueezeLLM do. Begins where a dense table would have its entries: as dense as the cube root of the numbers' density (Panter and Dite, 1951).
/// </remarks>
[EncodingExample("codebook bits=3 axis=0")]
public sealed record Codebook(int Bits, int Axis = -1, long Group = 0, Scalar Scales = Scalar.F32) : Tabled(Axis, Group, Scales)
{
    private const int Rounds = 60;

    public int Bits { get; } = Bits is >= 2 and <= 8 ? Bits : throw new TypeException($"a codebook has codes of 2 to 8 bits, not {Bits}");

    public override Code Code => new(false, Bits);

    protected override Ladder Choose(Spread numbers)
    {
        var ((places, weights), count) = (Split(numbers), 1 << Bits);
        var entries = First(places, weights, count);
        var (sums, totals) = (new double[count], new double[count]);
        for (var round = 0; round < Rounds; round++)
        {
            (var entry, var moved) = (0, false);
            Array.Clear(sums);
            Array.Clear(totals);
            for (var i = 0; i < places.Length; i++)
            {
                while (entry + 1 < count && places[i] - entries[entry] > entries[entry + 1] - places[i]) entry++;
                (sums[entry], totals[entry]) = (sums[entry] + weights[i] * places[i], totals[entry] + weights[i]);
            }
            for (var e = 0; e < count; e++)
            {
                var mean = totals[e] > 0 ? (float)(sums[e] / totals[e]) : entries[e];
                (moved, entries[e]) = (moved | mean != entries[e], mean);
            }
            if (!moved) break;
        }
        return new(entries);
    }

    private static (float[] Places, double[] Weights) Split(Spread numbers) => ([.. numbers.Places.Select(p => p.Number)], [.. numbers.Places.Select(p => p.Weight)]);

    /// <summary>Entries in order, as many cube roots of weight between each two.</summary>
    private static float[] First(float[] places, double[] weights, int count)
    {
        if (places.Length == 0) return [.. Enumerable.Range(0, count).Select(e => 2f * e / (count - 1) - 1)];
        var (entries, whole, sum, entry) = (new float[count], weights.Sum(Math.Cbrt), 0.0, 0);
        for (var i = 0; i < places.Length; i++)
            for (sum += Math.Cbrt(weights[i]); entry < count && sum >= whole * (entry + 0.5) / count; entry++) entries[entry] = places[i];
        for (; entry < count; entry++) entries[entry] = places[^1];
        return entries;
    }
}
