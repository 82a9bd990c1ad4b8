using System.Text;

namespace Lathe.Cli;

/// <summary>The outcome of an evaluation, for people and for scripts.</summary>
/// <param name="reference">The same metric of the reference; null where there is none.</param>
/// <param name="labelled">Labels that there are.</param>
/// <param name="names">Of classes.</param>
internal sealed class EvalReport(Metric metric, IReadOnlyList<Judgement> judged, Score score, Score? reference, int labelled, IReadOnlyList<string>? names, int worst)
{
    public Score Score => score;

    private IEnumerable<Judgement> WorstSamples => judged.OrderByDescending(j => j.Loss).ThenBy(j => j.Number).Take(worst);

    /// <summary>The class with the least mean; the first of equals.</summary>
    private (string Class, double Value, int Count)? WorstClass => !metric.HasClasses ? null
        : judged.GroupBy(j => j.Right, StringComparer.Ordinal).Select(g => (Name(g.Key), Value: g.Average(j => j.Value), Count: g.Count(), g.Key)).OrderBy(c => c.Value).ThenBy(c => c.Key.Length).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Item1, c.Value, c.Count)).First();

    /// <summary>The standard error of the difference to the reference, item by item.</summary>
    private double DifferenceError => Math.Sqrt(score.Influence.Zip(reference!.Influence, (a, b) => (a - b) * (a - b)).Sum());

    public string Text()
    {
        var text = new StringBuilder(Invariant($"{metric.Name} {score.Value:0.####} (95 %: {score.Interval.Low:0.####} to {score.Interval.High:0.####}) over {judged.Count} items{(judged.Count < labelled ? $", of {labelled} that are labelled" : "")}\n"));
        foreach (var (name, value) in metric.More(judged)) text.Append(Invariant($"{name} {value:0.####}\n"));
        if (reference is not null) text.Append(Invariant($"reference {reference.Value:0.####}, difference {score.Value - reference.Value:+0.####;-0.####;0} with a standard error of {DifferenceError:0.####}\n"));
        if (WorstClass is { } one) text.Append(Invariant($"worst class {one.Class}: {one.Value:0.####} over {one.Count} items\n"));
        if (WorstSamples.Any()) text.Append(TableText.Print(["sample", "loss", "said", "label"], [.. WorstSamples.Select(j => (string[])[j.Number.ToString(CultureInfo.InvariantCulture), Invariant($"{j.Loss:0.####}"), metric.HasClasses ? Name(j.Said) : j.Said, metric.HasClasses ? Name(j.Right) : j.Right])]));
        return text.ToString();
    }

    public string Json() => JsonText.Print(json =>
    {
        json.WriteString("metric", metric.Name);
        json.WriteReal("value", score.Value);
        json.WriteReal("low", score.Interval.Low);
        json.WriteReal("high", score.Interval.High);
        json.WriteReal("stderr", score.StandardError);
        json.WriteNumber("n", judged.Count);
        foreach (var (name, value) in metric.More(judged)) json.WriteReal(name, value);
        if (reference is not null)
        {
            json.WriteReal("reference", reference.Value);
            json.WriteReal("delta", score.Value - reference.Value);
            json.WriteReal("delta_stderr", DifferenceError);
        }
        if (WorstClass is { } one)
        {
            json.WriteStartObject("worst_class");
            json.WriteString("class", one.Class);
            json.WriteReal("value", one.Value);
            json.WriteNumber("n", one.Count);
            json.WriteEndObject();
        }
        json.WriteObjects("worst", WorstSamples, j =>
        {
            json.WriteNumber("sample", j.Number);
            json.WriteReal("loss", j.Loss);
            json.WriteString("said", j.Said);
            json.WriteString("label", j.Right);
        });
    });

    private string Name(string number) => names is not null && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < names.Count ? names[i] : number;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
