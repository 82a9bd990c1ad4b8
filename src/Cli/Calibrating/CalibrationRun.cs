using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>Runs data through a graph and gathers statistics of its values; nothing of a run is kept.</summary>
/// <param name="hash">Of the model's file.</param>
/// <param name="data">What to run; null: random numbers.</param>
/// <param name="needsGrams">Whether a pass asks for Gram matrices.</param>
internal sealed class CalibrationRun(Session session, CodeOptions code, string hash, string? data, bool needsGrams)
{
    /// <summary>Most bytes of values that one run gives out. More are shown in several passes over the data.</summary>
    private const long MostShown = 192L << 20;

    private const int UsualBatch = 16;
    private const int RandomRuns = 32;

    /// <exception cref="DiagnosticException">LT32xx: the data does not do.</exception>
    /// <param name="only">Values that count; null: all.</param>
    public Calibration Of(Graph graph, IReadOnlyCollection<Value>? only = null)
    {
        if (data is not null && CalibrationText.Opens(data)) return Known(data);
        var channels = Observations.Of(graph).Where(c => only?.Contains(c.Key) ?? true).ToDictionary();
        var observers = channels.ToDictionary(c => c.Key.Name, c => new ValueObserver(c.Key.Name, c.Value), StringComparer.Ordinal);
        var bytes = channels.Keys.ToDictionary(v => v, v => Item(graph, v));
        var (items, grams) = (0, needsGrams ? new GramObserver(graph, only) : null);
        foreach (var shown in Shares(channels.Keys, bytes))
        {
            using var model = new ObservedModel(session, graph, shown, code.Jobs, run =>
            {
                Observe([.. shown.Select(value => (observers[value.Name], run[value.Name]))]);
                grams?.Add(run, session.Cancellation);
            });
            var options = code.Way.Items.Batch > 0 ? code.Way.Items : code.Way.Items with { Batch = Fixed(graph) ? 0 : (int)Math.Clamp(MostShown / Math.Max(1, shown.Sum(v => bytes[v])), 1, UsualBatch) };
            items = data is not null ? new Evaluation(session, data, options, code.Way.CalibrateLimit).Run(model) : Random(model);
        }
        if (items == 0) throw new DiagnosticException(new Diagnostic("LT3213", $"calibration: {data} holds no items", "", "--calibrate takes what eval takes as --data"));
        return new(hash, data is not null ? Path.GetFileName(Path.TrimEndingDirectorySeparator(data)) : "random numbers", items, observers.Select(o => (o.Key, Statistics: o.Value.Result())).Where(p => p.Statistics is not null).ToDictionary(p => p.Key, p => p.Statistics!, StringComparer.Ordinal),
            grams?.Results ?? new Dictionary<string, Gram>());
    }

    /// <summary>Shows each observer its value. What is wrong with several is told of the first: others are made from it.</summary>
    private void Observe(List<(ValueObserver Observer, Tensor Value)> all)
    {
        var faults = new DiagnosticException?[all.Count];
        Parallel.For(0, all.Count, new ParallelOptions { CancellationToken = session.Cancellation }, i =>
        {
            try { all[i].Observer.Add(all[i].Value); }
            catch (DiagnosticException e) { faults[i] = e; }
        });
        if (faults.FirstOrDefault(f => f is not null) is { } first) throw first;
    }

    private Calibration Known(string path)
    {
        var known = CalibrationFile.Read(path, hash);
        return !needsGrams || known.Grams.Count > 0 ? known
            : throw new DiagnosticException(new Diagnostic("LT3217", $"calibration: {Path.GetFileName(path)} holds no Gram matrices", "", "calibrate with the method that needs them: --calibrate DATA --quantize … --emit=calibration"));
    }

    /// <summary>Random numbers where no data is given: ranges of inputs are guessed, and what the model sees in earnest is not in them.</summary>
    private int Random(ObservedModel model)
    {
        session.Report(new("LT3216", "nothing to calibrate on is given: random numbers say little of what the model will see", "", "--calibrate DATA", Severity.Warning));
        for (var seed = 0; seed < RandomRuns; seed++) model.Run(InputFiles.Read(model.Inputs, [], ImageOptions.Default, seed, code.Dim));
        return RandomRuns;
    }

    /// <summary>Whether the model takes batches of one size only.</summary>
    private static bool Fixed(Graph graph) => graph.Inputs.All(v => v.Type.Rank == 0 || v.Type.Shape[0] is Number);

    /// <summary>Bytes of a value for one item; open dimensions beside the first of an input at their usual extent.</summary>
    private static long Item(Graph graph, Value value)
    {
        var batch = graph.Inputs.Select(v => v.Type.Rank > 0 ? v.Type.Shape[0] as Symbol : null).FirstOrDefault(s => s is not null);
        return 4 * value.Type.Shape.Aggregate(1L, (size, extent) => size * Sizes.Guess(batch is null ? extent : extent.Replace(e => e == batch ? Number.Of(Scalar.I64, 1) : null)));
    }

    /// <summary>Values in their order, in shares of what one run may show.</summary>
    private static IEnumerable<List<Value>> Shares(IEnumerable<Value> values, Dictionary<Value, long> bytes)
    {
        var (share, size) = (new List<Value>(), 0L);
        foreach (var value in values)
        {
            if (share.Count > 0 && size + bytes[value] > MostShown)
            {
                yield return share;
                (share, size) = ([], 0);
            }
            share.Add(value);
            size += bytes[value];
        }
        if (share.Count > 0) yield return share;
    }
}
