namespace Lathe.Cli;

/// <summary>A metric of <c>lathe eval</c>. To add one, add a file with a subclass; its name in small letters is what <c>--metric</c> takes.</summary>
internal abstract class Metric
{
    public string Name => GetType().Name.ToLowerInvariant();

    public virtual bool NeedsLabels => true;
    public virtual bool NeedsReference => false;

    /// <summary>Whether a smaller value is the better one.</summary>
    public virtual bool LessIsBetter => false;

    /// <summary>Whether the labels stand for classes, of which one is the worst.</summary>
    public virtual bool HasClasses => false;

    public abstract Judgement Judge(Answer answer, MetricOptions options);

    public virtual Score Total(IReadOnlyList<Judgement> all) => Score.Mean(all, isShare: true);

    /// <summary>Further figures of the same judgements.</summary>
    public virtual IEnumerable<(string Name, double Value)> More(IReadOnlyList<Judgement> all) => [];

    public static IReadOnlyList<Metric> All { get; } = [.. typeof(Metric).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Metric)) && !t.IsAbstract).Select(t => (Metric)Activator.CreateInstance(t)!).OrderBy(m => m.Name, StringComparer.Ordinal)];
}
