namespace Lathe.Cli.Metrics;

/// <summary>How often an item labelled 1 has a larger number than one labelled 0: the area under the ROC curve.</summary>
internal sealed class Auc : Metric
{
    public override Judgement Judge(Answer answer, MetricOptions options)
    {
        // Of two classes, the second is the positive one.
        var score = answer.Numbers[answer.Numbers.Length == 2 ? 1 : 0];
        var right = OneOrZero(answer);
        return new(answer.Number, score, right, right == 1 ? -score : score, score.ToString("G4", CultureInfo.InvariantCulture), right.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Influences after DeLong, DeLong and Clarke-Pearson 1988: a pair's two items share what it adds.</summary>
    public override Score Total(IReadOnlyList<Judgement> all)
    {
        var (ones, zeros) = (Sorted(1), Sorted(0));
        if (ones.Length == 0 || zeros.Length == 0) throw new DiagnosticException(new Diagnostic("LT5312", $"{ones.Length} items are labelled 1 and {zeros.Length} are labelled 0", "", "auc needs both"));
        var above = all.Select(j => j.Weight == 1 ? Below(zeros, j.Value) : 1 - Below(ones, j.Value)).ToList();
        var value = all.Zip(above).Where(p => p.First.Weight == 1).Average(p => p.Second);
        return new(value, [.. all.Zip(above, (j, share) => (share - value) / (j.Weight == 1 ? ones.Length : zeros.Length))], IsShare: false);

        double[] Sorted(double label) => [.. all.Where(j => j.Weight == label).Select(j => j.Value).Order()];
    }

    public override IEnumerable<(string Name, double Value)> More(IReadOnlyList<Judgement> all) => [("accuracy_at_0.5", all.Average(j => j.Value > 0.5 == (j.Weight == 1) ? 1.0 : 0.0))];

    private static long OneOrZero(Answer answer) => answer.Label is [0 or 1] ? answer.Label[0] : throw new DiagnosticException(new Diagnostic("LT5311", $"item {answer.Number} is labelled '{answer.Text}'", "", "labels of auc are 0 and 1"));

    /// <summary>The share of sorted numbers below this one; equal ones count half.</summary>
    private static double Below(double[] sorted, double value)
    {
        return (Count(x => x < value) + Count(x => x <= value)) / 2.0 / sorted.Length;

        int Count(Func<double, bool> isBefore)
        {
            var (low, high) = (0, sorted.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (isBefore(sorted[middle])) low = middle + 1;
                else high = middle;
            }
            return low;
        }
    }
}
