namespace Lathe.Cli;

/// <summary>How far a result may be from the expected one: <c>|y − e| ≤ atol + atol-of-max · max|e| + rtol · |e|</c>. Whole numbers and bools must be equal.</summary>
/// <remarks>Where nothing is said, a float narrower than f32 may be its neighbour: sums in another order round to either side of the middle.</remarks>
public sealed record Tolerance(
    [Option("allowed error as a share of each expected number")] double? Rtol = null,
    [Option("allowed error in absolute terms")] double? Atol = null,
    [Option("allowed error as a share of the expected output's largest magnitude; 1e-5 where no tolerance is given")] double? AtolOfMax = null)
{
    internal const double UsualShare = 1e-5;

    /// <summary>Whether the user says nothing of it.</summary>
    internal bool IsUsual => Rtol is null && Atol is null && AtolOfMax is null;

    /// <summary>What counts where the user says nothing.</summary>
    private double Share => AtolOfMax ?? (Rtol is null && Atol is null ? UsualShare : 0);

    /// <summary>What a number may be off by that is 0 itself.</summary>
    internal double Floor(IEnumerable<double> expected) => (Atol ?? 0) + Share * expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();

    /// <summary>Compares a result with what it should be.</summary>
    public Comparison Compare(Tensor expected, Tensor actual)
    {
        var difference = Difference.Between(expected, actual);
        if (double.IsInfinity(difference.Share) || difference.Share == 0) return new(difference.Share == 0, difference, Share);
        var spacing = IsUsual ? expected.Kind.Spacing : 0;
        if (Rtol is null && Atol is null && spacing == 0) return new(difference.Share <= Share, difference, Share);
        var (x, y) = (expected.ToDoubles(), actual.ToDoubles());
        var floor = Floor(x);
        return new(x.Zip(y).All(p => !double.IsFinite(p.First) || Math.Abs(p.First - p.Second) <= floor + (Rtol ?? 0) * Math.Abs(p.First) + Neighbour(p.First, p.Second)), difference, Share);

        double Neighbour(double e, double a) => spacing == 0 || e == 0 && a == 0 ? 0 : Math.ScaleB(spacing, Math.ILogB(Math.Max(Math.Abs(e), Math.Abs(a))));
    }
}

/// <summary>The outcome of a comparison.</summary>
/// <param name="Difference">The largest error, whether it is allowed or not.</param>
/// <param name="AllowedShare">What was allowed as a share of the largest magnitude.</param>
public sealed record Comparison(bool Met, Difference Difference, double AllowedShare)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Met ? "within" : "beyond")} the tolerance: the largest error is {Difference.Share:G3} of the largest magnitude{(Met || Difference.Where == "" ? "" : $", {Difference.Where}")}");
}
