namespace Lathe.Cli.Metrics;

/// <summary>The share of items whose largest number is the label's.</summary>
internal sealed class Top1 : Metric
{
    public override bool HasClasses => true;

    public override Judgement Judge(Answer answer, MetricOptions options)
    {
        var (said, right) = (Answer.Largest(answer.Numbers), TopK.Class(answer));
        return new(answer.Number, said == right ? 1 : 0, 1, -Answer.LogSoftmax(answer.Numbers)[right], said.ToString(CultureInfo.InvariantCulture), right.ToString(CultureInfo.InvariantCulture));
    }
}
