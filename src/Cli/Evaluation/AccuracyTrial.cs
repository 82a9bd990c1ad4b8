using Lathe.Codegen.Package;

namespace Lathe.Cli;

/// <summary>A library run over data, against the model it was compiled from without compression.</summary>
internal sealed class AccuracyTrial(Session session, EvaluationFile file)
{
    /// <param name="library">The artifact.</param>
    /// <param name="path">The model.</param>
    /// <param name="code">What the artifact is compiled for.</param>
    /// <exception cref="DiagnosticException">LT53xx: model and data do not fit.</exception>
    public AccuracyClaim Of(string library, string path, CodeOptions code)
    {
        using var plain = new FittingModel(session, code with { Way = new() { Objective = code.Way.Objective, Items = file.On.Items }, Autotune = null }, path, new());
        var (judged, others) = Judge(library, code, plain);
        return new(Metric.Name, Metric.Total(judged).Value, Metric.Total(others).Value, judged.Count, file.Lines, file.Hash());
    }

    /// <summary>The metric's value alone, as the artifact has it.</summary>
    /// <param name="model">What metrics compare with that need a reference; null for others.</param>
    public double Again(string library, string? model, CodeOptions code)
    {
        if (!Metric.NeedsReference) return Metric.Total(Judge(library, code, null).Judged).Value;
        if (model is null) throw new UsageException($"{Metric.Name} compares with the model", "--model FILE");
        using var plain = new FittingModel(session, code with { Way = new() { Items = file.On.Items } }, model, new());
        return Metric.Total(Judge(library, code, plain).Judged).Value;
    }

    private Metric Metric => file.Of.Metric.Metric;

    private Judging Judge(string library, CodeOptions code, RunnableModel? plain)
    {
        using var folder = new TemporaryFolder();
        using var model = new RunOptions().Load(library, code, folder.Path, session.Cancellation);
        return Judging.Of(session, file.Of, file.On, Judging.Read(file.Of, file.On), model, plain);
    }
}
