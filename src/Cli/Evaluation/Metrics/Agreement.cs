namespace Lathe.Cli.Metrics;

/// <summary>The share of decisions (the largest number along the last axis) that are the reference's.</summary>
internal sealed class Agreement : Metric
{
    public override bool NeedsLabels => false;
    public override bool NeedsReference => true;

    public override Judgement Judge(Answer answer, MetricOptions options)
    {
        int[] said = [.. answer.Rows(answer.Numbers).Select(row => Answer.Largest(row))], right = [.. answer.Rows(answer.Reference!).Select(row => Answer.Largest(row))];
        // A single number decides by its sign around a half.
        if (answer.Width == 1) (said, right) = ([.. answer.Numbers.Select(x => x > 0.5 ? 1 : 0)], [.. answer.Reference!.Select(x => x > 0.5 ? 1 : 0)]);
        var share = said.Zip(right).Average(p => p.First == p.Second ? 1.0 : 0.0);
        return new(answer.Number, share, 1, 1 - share, string.Join(' ', said.Take(8)), string.Join(' ', right.Take(8)));
    }

    public override Score Total(IReadOnlyList<Judgement> all) => Score.Mean(all, isShare: all.All(j => j.Value is 0 or 1));
}
