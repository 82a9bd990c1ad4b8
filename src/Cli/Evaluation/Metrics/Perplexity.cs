namespace Lathe.Cli.Metrics;

/// <summary>E to the mean of -ln p of each token after an item's first; labels are the tokens, by default the items themselves.</summary>
internal sealed class Perplexity : Metric
{
    public override bool NeedsLabels => false;
    public override bool LessIsBetter => true;

    public override Judgement Judge(Answer answer, MetricOptions options)
    {
        var rows = answer.Rows(answer.Numbers).ToList();
        if (answer.Label.Length != rows.Count || rows.Count < 2 || answer.Label.Any(t => t < 0 || t >= answer.Width))
            throw new DiagnosticException(new Diagnostic("LT5311", $"item {answer.Number} has {answer.Label.Length} tokens, the output is {string.Join('x', answer.Shape)}", "", "the output has a row for each token, and a number for each token that there is"));
        var (loss, hits) = (0.0, 0);
        for (var i = 0; i + 1 < rows.Count; i++)
        {
            loss -= Answer.LogSoftmax(rows[i])[answer.Label[i + 1]];
            if (Answer.Largest(rows[i]) == answer.Label[i + 1]) hits++;
        }
        var (mean, share) = (loss / (rows.Count - 1), (double)hits / (rows.Count - 1));
        return new(answer.Number, mean, share, mean, string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} % of the tokens"), "");
    }

    /// <summary>By the delta method: e^x moves by e^x for each step of x.</summary>
    public override Score Total(IReadOnlyList<Judgement> all)
    {
        var mean = Score.Mean(all, isShare: false);
        return new(Math.Exp(mean.Value), [.. mean.Influence.Select(u => Math.Exp(mean.Value) * u)], IsShare: false);
    }

    public override IEnumerable<(string Name, double Value)> More(IReadOnlyList<Judgement> all) => [("nll", all.Average(j => j.Value)), ("next_top1", all.Average(j => j.Weight))];
}
