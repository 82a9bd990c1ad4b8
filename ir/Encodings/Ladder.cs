namespace Lathe.Ir;

/// <summary>Numbers in order, each with its code: finds the one nearest to another.</summary>
public sealed class Ladder
{
    /// <summary>Even pieces that the range is cut into, so that a search begins near its end.</summary>
    private const int Pieces = 512;

    private readonly float[] numbers, middles;
    private readonly int[] codes, first;
    private readonly float inverse;

    /// <param name="byCode">The number of each code; NaN for a code that is never stored. Of equal ones the lowest code is.</param>
    public Ladder(ReadOnlySpan<float> byCode)
    {
        ByCode = byCode.ToArray();
        codes = [.. Enumerable.Range(0, ByCode.Length).Where(code => float.IsFinite(ByCode[code])).OrderBy(code => ByCode[code]).ThenBy(code => code).DistinctBy(code => ByCode[code] + 0f)];
        numbers = [.. codes.Select(code => ByCode[code])];
        middles = [.. numbers.Zip(numbers.Skip(1)).Select(pair => (float)(((double)pair.First + pair.Second) / 2))];
        Largest = numbers.Max(Math.Abs);
        inverse = numbers.Length > 1 ? Pieces / (numbers[^1] - numbers[0]) : 0;
        first = new int[Pieces + 2];
        foreach (var middle in middles) first[Piece(middle) + 1]++;
        for (var piece = 1; piece < first.Length; piece++) first[piece] += first[piece - 1];
    }

    /// <summary>The number of each code.</summary>
    public float[] ByCode { get; }

    /// <summary>The largest magnitude.</summary>
    public float Largest { get; }

    /// <summary>The code of the number nearest to one.</summary>
    public int Nearest(float number)
    {
        if (!(number > numbers[0])) return codes[0];
        if (number >= numbers[^1]) return codes[^1];
        var piece = Piece(number);
        // Middles of lower pieces lie below, those of higher ones above.
        var (low, high) = (first[piece], first[piece + 1]);
        while (low < high)
        {
            var half = (low + high) / 2;
            if (middles[half] < number) low = half + 1;
            else high = half;
        }
        return codes[low];
    }

    private int Piece(float number) => Math.Clamp((int)((number - numbers[0]) * inverse), 0, Pieces);
}
