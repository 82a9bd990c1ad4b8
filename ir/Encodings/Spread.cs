namespace Lathe.Ir;

/// <summary>Where numbers from -1 to 1 lie and how much they count, in narrow bins: what a table is fitted to.</summary>
public sealed class Spread
{
    private const int Bins = 4096;

    private readonly double[] weights = new double[Bins];

    public void Add(float number, double weight) => weights[Math.Clamp((int)((number + 1) / 2 * Bins), 0, Bins - 1)] += weight;

    public void Add(Spread other)
    {
        for (var bin = 0; bin < Bins; bin++) weights[bin] += other.weights[bin];
    }

    /// <summary>The middles of bins that hold something, and how much they count.</summary>
    public IEnumerable<(float Number, double Weight)> Places => weights.Index().Where(bin => bin.Item > 0).Select(bin => ((bin.Index + 0.5f) * 2 / Bins - 1, bin.Item));

    /// <summary>The weighted square of the error when numbers are replaced by their nearest.</summary>
    public double Error(Ladder ladder) => Places.Sum(place => (place.Number - ladder.ByCode[ladder.Nearest(place.Number)]) is var off ? (double)off * off * place.Weight : 0);
}
