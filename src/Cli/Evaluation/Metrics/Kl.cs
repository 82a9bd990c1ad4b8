namespace Lathe.Cli.Metrics;

/// <summary>The mean divergence in nats of the model's distribution along the last axis from the reference's.</summary>
internal sealed class Kl : Metric
{
    public override bool NeedsLabels => false;
    public override bool NeedsReference => true;
    public override bool LessIsBetter => true;

    public override Judgement Judge(Answer answer, MetricOptions options)
    {
        var all = answer.Rows(answer.Reference!).Zip(answer.Rows(answer.Numbers), (p, q) => Divergence(Logarithms(p), Logarithms(q))).ToList();
        return new(answer.Number, all.Average(), 1, all.Average(), "", "");
    }

    public override Score Total(IReadOnlyList<Judgement> all) => Score.Mean(all, isShare: false);

    private static double Divergence(double[] p, double[] q) => p.Zip(q, (a, b) => double.IsNegativeInfinity(a) ? 0 : Math.Exp(a) * (a - b)).Sum();

    /// <summary>Numbers that already are a distribution stay one; others are taken through softmax.</summary>
    private static double[] Logarithms(ReadOnlySpan<double> row)
    {
        var (sum, least) = (0.0, 0.0);
        foreach (var x in row) (sum, least) = (sum + x, Math.Min(least, x));
        return least >= 0 && Math.Abs(sum - 1) < 1e-3 ? [.. row.ToArray().Select(x => Math.Log(x))] : Answer.LogSoftmax(row);
    }
}
