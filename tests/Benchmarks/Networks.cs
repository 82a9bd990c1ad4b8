namespace Lathe.Benchmarks;

/// <summary>Whole networks: compile, run beside ONNX Runtime in turns, agree.</summary>
public static class Networks
{
    /// <summary>A result for each network that the options name; one that fails says so and the others go on.</summary>
    /// <param name="progress">Told of each as it is done.</param>
    public static IReadOnlyList<NetworkResult> Run(BenchOptions options, Action<NetworkResult> progress)
    {
        IEnumerable<string> names = options.Names;
        if (options.All) names = names.Concat(BenchModel.Networks());
        if (options.Shared) names = names.Concat(BenchModel.SharedFloat());
        if (!options.All && !options.Shared && options.Names.Count == 0) names = BenchModel.Judged;
        List<NetworkResult> results = [];
        foreach (var model in names.Distinct(StringComparer.Ordinal).Select(name => BenchModel.Find(name).InBatches(options.Batch)).ToList())
        {
            results.Add(Run(model, options));
            progress(results[^1]);
        }
        return results;
    }

    private static NetworkResult Run(BenchModel model, BenchOptions options)
    {
        var result = new NetworkResult(model, null, null, [], null);
        Try(() => result = result with { Compiled = Compilation.Run(model, options, options.Dynamic ? [] : model.Dimensions()) });
        IReadOnlyList<NpyFile> plain = [];
        Try(() => plain = Side.Unoptimised(model));
        foreach (var threads in options.Threads)
        {
            Comparison? comparison = null;
            if (result.Compiled is { } compiled)
            {
                Try(() =>
                {
                    using var ours = Side.Ours(compiled.Library, model, threads);
                    using var peer = Side.Peer(model, threads);
                    comparison = Comparison.Run(model, ours, peer, options);
                    result = result with { Noise = comparison.Expected.Zip(plain, (optimised, unoptimised) => optimised.Difference(unoptimised)).DefaultIfEmpty(0).Max() };
                    if (comparison.Difference > result.Limit)
                        throw new BenchmarkException(FormattableString.Invariant($"differs by {comparison.Difference:0.0e+0} with {threads} threads, the limit is {result.Limit:0.0e+0}"));
                });
            }
            result = result with { Runs = [.. result.Runs, new(threads, comparison)] };
        }
        return result;

        void Try(Action step)
        {
            try { step(); }
            catch (Exception problem) when (problem is BenchmarkException or IOException or Ir.DiagnosticException)
            {
                result = result with { Failure = result.Failure ?? problem.Message };
            }
        }
    }
}
