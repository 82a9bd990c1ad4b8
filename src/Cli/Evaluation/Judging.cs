namespace Lathe.Cli;

/// <summary>A model's answers on a data set, judged by a metric; beside those of a reference where there is one.</summary>
/// <param name="Judged">An entry for each item.</param>
/// <param name="Others">What the reference is judged as; empty where there is none.</param>
internal sealed record Judging(IReadOnlyList<Judgement> Judged, IReadOnlyList<Judgement> Others)
{
    /// <param name="labels">Of the items; null where they are their own.</param>
    /// <exception cref="DiagnosticException">LT53xx: models, data and labels do not fit.</exception>
    public static Judging Of(Session session, MetricOptions metric, DataOptions data, Labels? labels, RunnableModel model, RunnableModel? reference)
    {
        var (judged, others) = (new List<Judgement>(), new List<Judgement>());
        var answers = new Evaluation(session, data.Data, data.Items, data.Limit).Answers(model, data.From);
        using var second = reference is null ? null : new Evaluation(session, data.Data, data.Items, data.Limit).Answers(reference, data.From).GetEnumerator();
        foreach (var (i, (output, item)) in answers.Index())
        {
            if (labels is not null && i >= labels.Texts.Count) throw new DiagnosticException(new Diagnostic("LT5314", $"there are {labels.Texts.Count} labels and more items", "", "--limit takes the first items only"));
            var other = second is null ? null : second.MoveNext() ? second.Current.Output : throw new InvalidOperationException("the reference has seen fewer items");
            if (other is not null && other.Shape != output.Shape) throw new DiagnosticException(new Diagnostic("LT5315", $"the output is {output} for item {i}, the reference's is {other}"));
            var answer = new Answer(i, output.ToDoubles(), output.Shape, labels is null ? Whole(item) : labels.Numbers?[i] ?? [], labels?.Texts[i] ?? "", other?.ToDoubles());
            if (answer.Numbers.Any(x => !double.IsFinite(x))) session.Report(new("LT5316", $"the output for item {i} holds numbers that are infinite or none", "", "", Severity.Warning));
            judged.Add(metric.Metric.Metric.Judge(answer, metric));
            if (other is not null) others.Add(metric.Metric.Metric.Judge(answer with { Numbers = answer.Reference! }, metric));
        }
        return judged.Count > 0 ? new(judged, others) : throw new DiagnosticException(new Diagnostic("LT5305", $"{data.Data} holds no items"));
    }

    /// <summary>The labels that a metric needs.</summary>
    /// <exception cref="UsageException">None are given.</exception>
    public static Labels? Read(MetricOptions metric, DataOptions data) =>
        data.Labels is not null ? Labels.Read(data.Labels, data.Classes)
        : metric.Metric.Metric.NeedsLabels ? throw new UsageException($"--metric {metric.Metric.Metric.Name} needs --labels FILE") : null;

    /// <summary>An item of whole numbers is its own label: tokens, of which each is predicted.</summary>
    private static long[] Whole(Tensor item) => item.Kind.IsInteger ? [.. item.ToDoubles().Select(x => (long)x)] : [];
}
