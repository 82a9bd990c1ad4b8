namespace Lathe.Cli;

/// <summary>The metric, by name, and what it asks for.</summary>
public sealed record MetricOptions(
    [Option("top1, topk, auc, cer, perplexity, agreement or kl", Value = "METRIC")] MetricName Metric,
    [Option("of topk: among how many", Value = "N")] int K = 5,
    [Option("of cer: what the classes of a step mean, one a line; class 0 is blank, those behind the last line are spaces", Value = "FILE")] string? Alphabet = null,
    [Option("of cer: spaces count on neither side")] bool IgnoreSpaces = false)
{
    private List<string>? alphabet;

    internal List<string> Letters => alphabet ??= Labels.Lines(Alphabet ?? throw new UsageException("--metric cer needs --alphabet FILE"));
}
