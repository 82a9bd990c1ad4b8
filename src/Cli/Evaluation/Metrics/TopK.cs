namespace Lathe.Cli.Metrics;

/// <summary>The share of items whose label is among the K largest numbers.</summary>
internal sealed class TopK : Metric
{
    public override bool HasClasses => true;

    public override Judgement Judge(Answer answer, MetricOptions options)
    {
        var right = Class(answer);
        var before = answer.Numbers.Index().Count(x => x.Item > answer.Numbers[right] || x.Item == answer.Numbers[right] && x.Index < right);
        return new(answer.Number, before < options.K ? 1 : 0, 1, -Answer.LogSoftmax(answer.Numbers)[right], Answer.Largest(answer.Numbers).ToString(CultureInfo.InvariantCulture), right.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The class that an item is of.</summary>
    /// <exception cref="DiagnosticException">LT5311: it has no number, or the output has no place for it.</exception>
    public static int Class(Answer answer) => answer.Label is [>= 0 and var label] && label < answer.Numbers.Length ? (int)label
        : throw new DiagnosticException(new Diagnostic("LT5311", $"item {answer.Number} is labelled '{answer.Text}', the output has {answer.Numbers.Length} numbers for it", "", "labels are numbers of classes from 0, or names that --classes lists"));
}
