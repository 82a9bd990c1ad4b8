using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What the factors are best for.</summary>
public enum FactorizeMethod
{
    /// <summary>Nearest to the weight: its singular vectors.</summary>
    Svd,
    /// <summary>The layer's output on calibration data moves least: principal components of the output; of other structures the factors that descent over data finds.</summary>
    Afm,
}

/// <summary>Stores weights as products of smaller arrays: types change, and kernels multiply with the factors in turn.</summary>
/// <param name="Weights">The structure and how its arrays are stored, and behind a plus how what they leave out is. Without a rank, one of the next three says it.</param>
/// <param name="Method">What the factors are best for.</param>
/// <param name="Energy">The least rank that keeps this share of the sum of squares (of the weight, or of the output).</param>
/// <param name="Size">The largest rank that takes this share of the bytes that the weight has.</param>
/// <param name="Knee">The rank where singular values stop falling steeply.</param>
/// <param name="Rounding">Of a rest in codes: how they are chosen.</param>
/// <param name="Pruning">Of a sparse rest: how it is decided which numbers are kept.</param>
/// <param name="Alternate">Rounds in which the rest is chosen anew for what the factors leave, and the factors for what the rest leaves.</param>
/// <param name="Damping">What is added to the diagonal of H, as a share of its mean.</param>
[Description("stores weights as products of small factors: factorize(weights=\"lowrank rank=32 (f16)\", method=afm) on op(MatMul)")]
public sealed record Factorize(Encoding? Weights = null, FactorizeMethod Method = FactorizeMethod.Svd, double Energy = 0, double Size = 0, bool Knee = false, QuantizeMethod Rounding = QuantizeMethod.Rtn, PruneMethod Pruning = PruneMethod.Magnitude, int Alternate = 0, double Damping = 0.01) : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;
    public override bool IsDefault => false;
    public override bool NeedsGrams => ByData.Any();

    /// <summary>What is asked for that goes by data, and what takes its place for a weight that data show nothing of.</summary>
    private IEnumerable<(string Asked, string Instead)> ByData
    {
        get
        {
            if (Method == FactorizeMethod.Afm) yield return (RecordText.Show(Method), "factors are by svd");
            if (Passes.Rounding.Of(Rounding).NeedsGrams) yield return (RecordText.Show(Rounding), "the rest is rounded to nearest");
            if (Pruning != PruneMethod.Magnitude) yield return (RecordText.Show(Pruning), "the rest is kept by magnitude");
        }
    }

    private Factored Format => Weights switch
    {
        null => new Lowrank(),
        MixedRows mixed => throw new DiagnosticException([new("LT3241", $"factorize: {mixed} has no factors", "", "quantize(weights=\"i4 group=64\", mixed_rows=0.1) chooses which outputs are kept")]),
        Factored factored => factored,
        _ => throw new DiagnosticException([new("LT3241", $"factorize: {Weights} has no factors", "", "weights=\"lowrank rank=32 (f16)\"; quantize(…) and prune(…) store single numbers otherwise")]),
    };

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        Check();
        var compressed = graph.Weights.Where(w => w.Type.Encoding is Grouped or Sparse or Narrow && compilation.Originals.ContainsKey(w.Name)).ToDictionary(w => compilation.Originals[w.Name]);
        if (Format.Remainder is not null)
        {
            foreach (var (weight, node) in Readers(graph).Where(p => ActsOn(p.Node) && compressed.ContainsValue(p.Weight)))
                compilation.Notes.Add(Name, node.Result.Name, $"{weight} stays {weight.Type.Encoding}: it is stored so already, factors without + … would make up for what that lost");
            compressed.Clear();
        }
        // What is compressed already is the rest: factors are for what it lost, so layers are looked at as they were.
        var (now, before) = (graph, compressed.ToDictionary(p => p.Value, p => p.Key));
        graph = graph.Map(value => before.GetValueOrDefault(value, value));
        var uses = CompressibleWeights.Chosen(graph, ActsOn, (use, why) => Left(compilation, use, why)).ToList();
        var products = Readers(graph).ToLookup(p => p.Weight, p => p.Node);
        var made = new (FactorLayer? Layer, string? Why)[uses.Count];
        Each(uses.Count, i => made[i] = Decide(uses[i], products[uses[i].Weight], compressed.GetValueOrDefault(uses[i].Weight), compilation));
        var kept = new List<FactorLayer>();
        foreach (var (use, (layer, why)) in uses.Zip(made))
        {
            if (layer is not null && NeedsGrams && !layer.IsCalibrated) compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight}: calibration does not show what it is multiplied by, {string.Join("; ", ByData.Select(m => $"{m.Asked} has nothing to go by, {m.Instead}"))}");
            else if (layer is not null && NeedsGrams && layer.Samples < layer.Columns) compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight}: {layer.Samples} columns of data are known, it has {layer.Columns}: more data would choose better");
            if (layer is not null) kept.Add(layer);
            else Left(compilation, use, why!);
        }
        // What is no matrix for anybody, one output's weights say, is not passed over in silence either.
        foreach (var (weight, node) in Readers(graph).Where(p => ActsOn(p.Node) && p.Weight.Type is { Rank: >= 2, Encoding: Dense { Kind: Scalar.F32 } } && IsSummed(p.Node, p.Weight) && !WeightUse.Of(p.Node).Any(use => use.Weight == p.Weight)))
            compilation.Notes.Add(Name, node.Result.Name, $"{weight} stays f32: it is no matrix of several outputs and inputs");
        kept = Fast(graph, kept, compilation);
        var results = new (Value Weight, LayerLoss Loss)[kept.Count];
        Each(kept.Count, i => results[i] = kept[i].Store(compilation.Unseen));
        foreach (var (_, loss) in results) compilation.Losses.Add(loss); // in the graph's order, whichever was done first
        var stored = kept.Zip(results).ToDictionary(p => p.First.Use.Weight, p => p.Second.Weight);
        return now.Map(value => stored.GetValueOrDefault(before.GetValueOrDefault(value, value), value));
    }

    /// <summary>Works on a few layers at a time: each takes several times its weight in f64.</summary>
    private static void Each(int count, Action<int> layer) => Parallel.For(0, count, new() { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) }, i =>
    {
        layer(i);
        LargeArrays.Settle();
    });

    private void Check()
    {
        var format = Format;
        var said = new[] { Energy != 0 ? "energy" : null, Size != 0 ? "size" : null, Knee ? "knee" : null }.OfType<string>().ToList();
        if (format is not Ranked ranked)
        {
            if (said.Count > 0) throw new DiagnosticException([new("LT3242", $"factorize: {said[0]} chooses a rank, {format} has none", "", $"leave {said[0]} out")]);
        }
        else if ((ranked.Rank is null ? said.Count : said.Count + 1) != 1)
            throw new DiagnosticException([new("LT3242", said.Count == 0 ? "factorize: nothing says a rank" : $"factorize: {string.Join(" and ", said.Prepend(ranked.Rank is null ? null : $"rank={ranked.Rank}").OfType<string>())} both say a rank", "", "one of weights=\"lowrank rank=32\", energy=0.98, size=0.5, knee=true")]);
        if (format is not Lowrank && said.Find(word => word != "size") is { } spectral) throw new DiagnosticException([new("LT3242", $"factorize: {spectral} goes by singular values, {format} has none", "", "size=0.5")]);
        if (Energy is not (>= 0 and <= 1) || Size is not (>= 0 and < 1)) throw new DiagnosticException([new("LT3243", $"factorize: {(Energy is >= 0 and <= 1 ? $"size={RecordText.Show(Size)} makes nothing smaller" : $"energy={RecordText.Show(Energy)} is no share")}", "", "energy above 0 and at most 1, size above 0 and below 1")]);
        if (format.Remainder is null && (Alternate != 0 || Rounding != QuantizeMethod.Rtn || Pruning != PruneMethod.Magnitude)) throw new DiagnosticException([new("LT3244", $"factorize: {format} stores nothing of what factors leave out, {(Alternate != 0 ? "alternate has nothing to take turns with" : "rounding and pruning choose nothing")}", "", "weights=\"lowrank rank=32 (f16) + i4 group=64\"")]);
        if (Damping is not >= 0) throw new DiagnosticException([new("LT3243", $"factorize: damping={RecordText.Show(Damping)} takes away from what data show", "", "damping=0.01")]);
        if (Alternate < 0) throw new DiagnosticException([new("LT3243", $"factorize: {Alternate} rounds are none", "", "alternate=8")]);
    }

    /// <summary>The layer in its format, or why it stays as it is.</summary>
    private (FactorLayer?, string?) Decide(WeightUse use, IEnumerable<Node> readers, Value? rest, Compilation compilation)
    {
        var type = use.Weight.Type;
        if (type.Encoding.Size(type.Shape) > int.MaxValue) return (null, $"{type} has more than 2 GiB");
        if (use.Kind == WeightKind.Rows) return (null, "its rows are picked, not multiplied");
        if (readers.FirstOrDefault(node => WeightProduct.Of(node, use.Weight, use.Output, name => name) is null) is { } other) return (null, $"%{other.Result.Name} is more than a sum of products and a bias for each output");
        var numbers = use.Weight.Planes[0].ToArray<float>();
        if (Array.FindIndex(numbers, n => !float.IsFinite(n)) is >= 0 and var bad)
            throw new DiagnosticException([new("LT3245", $"factorize: {use.Weight} holds {numbers[bad]} at {bad}, no factors give that", use.Node.Result.Name, $"keep on match({NameText.Quoted(use.Weight.Name)}) leaves it as it is")]);
        var (layer, why) = FactorLayer.Of(use, numbers, Format, this, compilation.Calibration, rest);
        return layer is not null && readers.FirstOrDefault(node => !layer.Serves(node)) is { } unlike ? (null, $"%{unlike.Result.Name} is no product of a matrix and each place's channels, as {layer.Type.Encoding} takes") : (layer, why);
    }

    /// <summary>Where speed is the objective, the layers that are expected to run no slower.</summary>
    private List<FactorLayer> Fast(Graph graph, List<FactorLayer> layers, Compilation compilation)
    {
        if (compilation.Objective != Objective.Speed || layers.Count == 0) return layers;
        // Kernels are what types say; what lies in the planes does not matter.
        var (byUse, blank) = (layers.ToDictionary(layer => layer.Use), layers.ToDictionary(layer => layer.Use.Weight, layer => new Value(layer.Use.Weight.Name, layer.Type, [.. layer.Type.Encoding.Planes(layer.Type.Shape).Select(plane => Bytes.Zeros(plane.Bytes))])));
        Graph Compressed(IReadOnlyList<WeightUse> uses) => uses.Select(use => use.Weight).ToHashSet() is var chosen ? graph.Map(value => chosen.Contains(value) ? blank[value] : value) : graph;
        return [.. new FastLayers(graph, Compressed, compilation).Of([.. layers.Select(layer => layer.Use)], (use, why) => Left(compilation, use, why)).Select(use => byUse[use])];
    }

    private static bool IsSummed(Node node, Value weight) => Formula.Of(node) is { } formula && formula.Reduces.Any(sum => sum.Kind == ReduceKind.Sum && sum.Parts().OfType<Load>().Any(load => formula.Operand(load) == weight));

    private static IEnumerable<(Value Weight, Node Node)> Readers(Graph graph) => graph.Nodes.SelectMany(node => node.Op is RegionOp ? node.Regions.SelectMany(Readers) : node.Reads.Where(v => v.IsWeight).Select(v => (v, node)));

    private void Left(Compilation compilation, WeightUse use, string why) => compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight} stays {use.Weight.Type.Encoding}: {why}");
}
