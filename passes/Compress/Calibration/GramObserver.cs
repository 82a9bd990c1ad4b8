using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Gathers the Gram matrices of all weights of a graph, run by run.</summary>
public sealed class GramObserver
{
    /// <summary>Work that one matrix may take, in multiplications, and the least and most columns of it: more say little more.</summary>
    private const double MostWork = 4e11;
    private const long Fewest = 4096, Most = 100_000;

    /// <summary>Of these, one run may bring as many as this share, so that many runs are heard.</summary>
    private const int Share = 8;

    /// <summary>Columns multiplied at a time.</summary>
    private const int Panel = 256;

    private readonly Graph graph;
    private readonly Dictionary<string, (Unfolding Unfolding, Gram Gram)> all = new(StringComparer.Ordinal);

    /// <param name="graph">Whose weights count; those in its branches and loops do not.</param>
    /// <param name="only">Values that count; null: all that a weight multiplies.</param>
    public GramObserver(Graph graph, IReadOnlyCollection<Value>? only = null)
    {
        this.graph = graph;
        foreach (var unfolding in graph.Nodes.SelectMany(WeightUse.Of).Select(Unfolding.Of).OfType<Unfolding>().Where(u => only?.Contains(u.Input) ?? true))
            if (unfolding.Input.Type.Encoding is Dense { Kind: Scalar.F32 } && !all.ContainsKey(unfolding.Key)) all[unfolding.Key] = (unfolding, new(unfolding.Size, unfolding.Groups));
    }

    /// <summary>Values that runs must show.</summary>
    public IEnumerable<Value> Inputs => all.Values.Select(p => p.Unfolding.Input).Distinct();

    public IReadOnlyDictionary<string, Gram> Results => all.ToDictionary(p => p.Key, p => p.Value.Gram, StringComparer.Ordinal);

    /// <param name="run">Values by name, the graph's inputs among them.</param>
    public void Add(IReadOnlyDictionary<string, Tensor> run, CancellationToken cancellation)
    {
        var symbols = Dimensions.Bind(graph.Inputs, [.. graph.Inputs.Select(v => run[v.Name])], []);
        Parallel.ForEach(all.Values.Where(p => run.ContainsKey(p.Unfolding.Input.Name)), new ParallelOptions { CancellationToken = cancellation }, pair =>
        {
            var (unfolding, gram) = pair;
            var most = Math.Clamp((long)(MostWork / ((double)gram.Size * gram.Size)), Fewest, Most);
            if (gram.Groups > 1) most = Math.Max(most / gram.Groups, 4 * gram.Size);
            var left = Math.Min(Math.Max(1, most - gram.Counts[0]), Math.Max(1, most / Share));
            if (gram.Counts[0] >= most) return;
            try { unfolding.Gather(run[unfolding.Input.Name], symbols, left, Panel, gram.Add); }
            catch (InvalidOperationException) when (gram.Counts[0] == 0) { } // an extent that the inputs do not tell
        });
    }
}
