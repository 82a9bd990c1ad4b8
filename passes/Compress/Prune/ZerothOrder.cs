using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// What weights mean to the outputs of the whole graph, without a gradient: numbers are moved by a share of themselves, up or down at random, then the other way, and what
/// both do to the outputs adds up to their curvature. Sung, Yoon and Bansal, ECoFLaP (2024), with the second difference: at the model itself the first is 0.
/// </summary>
internal static class ZerothOrder
{
    /// <summary>Times that each weight is moved both ways.</summary>
    private const int Probes = 2;

    /// <summary>By which share of itself a number moves.</summary>
    private const float Step = 0.1f;

    /// <summary>Steps of graphs that run side by side at most: each more is compiled.</summary>
    private const int MostNodes = 3000;

    /// <summary>Of each layer, the mean square that its weight's numbers, all with a random sign, bring the outputs, as a share of theirs.</summary>
    /// <exception cref="DiagnosticException">LT3240: there is no data to run.</exception>
    public static IReadOnlyList<double> Meaning(Graph graph, IReadOnlyList<PruneLayer> layers, Compilation compilation)
    {
        var (meaning, pairs) = (new double[layers.Count], Enumerable.Range(0, layers.Count).SelectMany(i => Enumerable.Range(0, Probes).Select(probe => (Layer: i, Probe: probe))));
        foreach (var some in pairs.Chunk(Math.Max(1, MostNodes / (2 * graph.Nodes.Count))))
        {
            var moved = some.SelectMany(pair => new[] { Moved(graph, layers[pair.Layer], Seed(pair), Step), Moved(graph, layers[pair.Layer], Seed(pair), -Step) }).ToList();
            var both = OutputChange.Beside(graph, moved);
            var seen = compilation.Watcher?.Invoke(both, both.Outputs) ?? [];
            if (seen.Count == 0) throw new DiagnosticException([new("LT3240", "prune: allocate=zo runs data with each weight changed, and there is none to run", "", "--calibrate DATA: the data itself, no statistics of it; or allocate=rd")]);
            foreach (var (index, (layer, _)) in some.Index())
                meaning[layer] += (OutputChange.Share(seen[0], graph, 2 * index) + OutputChange.Share(seen[0], graph, 2 * index + 1)) / (2.0 * Step * Step * Probes);
        }
        if (meaning.Sum() is not > 0)
            throw new DiagnosticException([new("LT3240", "prune: allocate=zo goes by what outputs lose, and none moves where weights do", "", "allocate=rd, which goes by what each weight's own product loses")]);
        return meaning;
    }

    private static int Seed((int Layer, int Probe) pair) => pair.Layer * Probes + pair.Probe + 1;

    /// <summary>The graph with a weight's numbers moved by a step, each up or down as chance says; the same for one seed.</summary>
    private static Graph Moved(Graph graph, PruneLayer layer, int seed, float step)
    {
        var (random, numbers) = (new Random(seed), layer.Apart().Numbers.ToArray());
        for (var i = 0; i < numbers.Length; i++) numbers[i] *= (random.Next(2) == 0 ? 1 + step : 1 - step);
        var (weight, moved) = (layer.Use.Weight, new Value(layer.Use.Weight.Name, layer.Use.Weight.Type, [Bytes.Of<float>(numbers)]));
        return graph.Map(value => value == weight ? moved : value);
    }
}
