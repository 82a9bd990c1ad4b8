using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>How it is decided which numbers of a weight are kept.</summary>
public enum PruneMethod
{
    /// <summary>Those of largest magnitude.</summary>
    Magnitude,
    /// <summary>Those that move the output most: magnitude times the root of the mean square of what they are multiplied by, output by output.</summary>
    Wanda,
    /// <summary>Those that the rest could make up for least; the rest then does: optimal brain surgeon, column after column.</summary>
    Obs,
}

/// <summary>How a choice is improved once it is made.</summary>
public enum PruneRefinement
{
    None,
    /// <summary>Numbers are exchanged, row by row, until what was dropped no longer shifts the output.</summary>
    Dsnot,
    /// <summary>Of units: what read those that are gone takes over with those that are left, by least squares.</summary>
    Reconstruct,
}

/// <summary>Keeps some numbers of each weight only: types change, the rest is not stored, and kernels leave it out. Or drops whole channels, heads and neurons: shapes change.</summary>
/// <param name="Pattern">Which numbers are kept together: 4x1 blocks of outputs by inputs, 2:4, unstructured; or units of the graph: channels, heads, neurons.</param>
/// <param name="Sparsity">Of blocks or units, the share that is dropped, above 0 and below 1. Groups such as 2:4 say it themselves.</param>
/// <param name="Method">How it is decided.</param>
/// <param name="Refine">How the choice is improved: dsnot of single numbers, reconstruct of units; obs of units reconstructs in any case.</param>
/// <param name="Allocate">Whether each weight has the share, or all together, as costs their outputs least.</param>
/// <param name="Weights">How the numbers that are kept are stored: f32, f16, <c>i8</c>, <c>i4 group=64</c>.</param>
/// <param name="Steps">In how many steps numbers go, fewer each time; data runs again between.</param>
/// <param name="Stop">What ends it for a weight before that.</param>
/// <param name="Damping">Of obs: what is added to the diagonal of H, as a share of its mean.</param>
[Description("keeps some numbers of each weight: prune(pattern=4x1, sparsity=0.8, method=obs) on op(MatMul)")]
public sealed record Prune(PrunePattern Pattern, double Sparsity = 0, PruneMethod Method = PruneMethod.Magnitude, PruneRefinement Refine = PruneRefinement.None, PruneAllocation Allocate = PruneAllocation.Uniform, Encoding? Weights = null, double Damping = 0.01, int Steps = 1, PruneStop Stop = PruneStop.None) : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;
    public override bool NeedsGrams => Method != PruneMethod.Magnitude || Refine != PruneRefinement.None;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        Check();
        if (Pattern.Units is not null) return new StructuredPruning(this, ActsOn, compilation).Run(graph);
        var layers = new List<PruneLayer>();
        foreach (var use in CompressibleWeights.Chosen(graph, ActsOn, (use, why) => Left(compilation, use, why)))
            if (Layer(use, compilation) is { } layer) layers.Add(layer);
        foreach (var (node, weight) in CompressibleWeights.TooSmall(graph, ActsOn)) compilation.Notes.Add(Name, node.Result.Name, $"{weight} stays {weight.Type.Encoding}: it has one input or one output, so there is nothing to choose between");
        var shares = Pattern.Numbers is RatioPattern ? [.. layers.Select(_ => 1.0)] : PruneAllocator.Shares(Allocate, layers, Keep, all => ZerothOrder.Meaning(graph, all, compilation));
        var (after, kept) = Steps > 1 || Stop != PruneStop.None ? GradualPruning.Run(this, graph, layers, shares, (layer, share) => Left(layer, Placed(layer.Use, share), compilation).Numbers, compilation) : (layers, shares);
        var stored = new Dictionary<Value, Value>();
        for (var i = 0; i < layers.Count; i++)
        {
            var (layer, current, share) = (layers[i], after[i], kept[i]);
            // What was read of it is of no use behind it.
            (layers[i], after[i]) = (null!, null!);
            LargeArrays.Settle();
            // What allocation or the end of steps gives more than was asked for may be no smaller than it was.
            if (Placed(layer.Use, share).Size(layer.Use.Weight.Type.Shape) >= layer.Use.Weight.Type.Encoding.Size(layer.Use.Weight.Type.Shape))
            {
                Left(compilation, layer.Use, $"{(Stop == PruneStop.None ? $"allocate={RecordText.Show(Allocate)}" : "stop=pqi")} keeps {RecordText.Show(share)} of it, which would not be smaller");
                continue;
            }
            var (value, loss) = Store(layer, current, Placed(layer.Use, share), compilation);
            stored[layer.Use.Weight] = value;
            compilation.Originals[value.Name] = layer.Use.Weight;
            compilation.Losses.Add(loss);
        }
        return graph.Map(value => stored.GetValueOrDefault(value, value));
    }

    /// <summary>The share that is kept, without what 1 - 0.9 leaves of binary digits.</summary>
    private double Keep => Math.Round(1 - Sparsity, 12);

    private void Check()
    {
        if (Pattern.Numbers is RatioPattern ? Sparsity != 0 : Sparsity is not (> 0 and < 1))
            throw new DiagnosticException([Pattern.Numbers is RatioPattern
                ? new("LT3231", $"prune: {Pattern} says itself how much it keeps, sparsity={RecordText.Show(Sparsity)} says it again", "", "leave sparsity out")
                : new("LT3231", $"prune: a sparsity of {RecordText.Show(Sparsity)} {(Sparsity <= 0 ? "drops nothing" : "keeps nothing")}", "", "above 0 and below 1: sparsity=0.8 keeps a fifth")]);
        if (Refine == PruneRefinement.Dsnot && Pattern.Numbers is not BlockPattern { Size: 1 }) throw new DiagnosticException([new("LT3232", $"prune: dsnot exchanges single numbers, {Pattern} keeps them together", "", "refine=dsnot with pattern=unstructured")]);
        if (Refine == PruneRefinement.Reconstruct && Pattern.Units is null) throw new DiagnosticException([new("LT3232", $"prune: reconstruct solves what reads units that are gone, {Pattern} drops none", "", "refine=reconstruct with pattern=channels, heads or neurons; method=obs for numbers")]);
        if (Pattern.Units is not null && (Allocate != PruneAllocation.Uniform || Weights is not null)) throw new DiagnosticException([new("LT3232", $"prune: {Pattern} are dropped whole, {(Weights is null ? "allocate divides shares of numbers" : "what is left is stored as it was")}", "", Weights is null ? "leave allocate out" : "quantize(…) behind it")]);
        if (Steps < 1) throw new DiagnosticException([new("LT3231", $"prune: steps={Steps} never gets there", "", "at least 1")]);
        if ((Steps > 1 || Stop != PruneStop.None) && Pattern.Numbers is not BlockPattern) throw new DiagnosticException([new("LT3232", $"prune: {(Steps > 1 ? "steps drop" : "stop=pqi keeps")} more or fewer each time, {Pattern} {(Pattern.Units is null ? "keeps as many of each group in any case" : "go at once")}", "", "leave steps and stop out, or pattern=unstructured, 4x1 and so on")]);
        if (Refine == PruneRefinement.Dsnot && Method == PruneMethod.Obs) throw new DiagnosticException([new("LT3232", "prune: dsnot exchanges numbers as they were, obs has changed them", "", "refine=dsnot with method=magnitude or wanda")]);
        _ = Inner(0, 1, 2);
    }

    /// <summary>The weight if it can be stored so and gets smaller; else null, and why is noted.</summary>
    private PruneLayer? Layer(WeightUse use, Compilation compilation)
    {
        string? Why()
        {
            var (type, format) = (use.Weight.Type, Placed(use, Pattern.Numbers is RatioPattern ? 1 : Keep));
            if (type.Encoding.Size(type.Shape) > int.MaxValue) return $"{type} has more than 2 GiB";
            if (use.Kind == WeightKind.Rows) return "its rows are picked, not multiplied";
            var (outputs, inputs) = (type.Shape[use.Output].Whole, type.Shape[use.Input].Whole);
            if (Pattern.Numbers is BlockPattern block && (outputs < block.Outputs || inputs % block.Inputs != 0)) return $"{outputs} outputs by {inputs} inputs are no blocks of {Pattern}";
            if (Pattern.Numbers is RatioPattern ratio && inputs % ratio.Of != 0) return $"{inputs} inputs are no groups of {ratio.Of}";
            try { return format.Size(type.Shape) is var bytes && bytes < type.Encoding.Size(type.Shape) ? null : $"{format} would take {bytes} bytes, it has {type.Encoding.Size(type.Shape)}"; }
            catch (TypeException e) { return e.Message; }
        }
        if (Why() is { } why)
        {
            Left(compilation, use, why);
            return null;
        }
        var layer = new PruneLayer(use, null, compilation.Calibration);
        if (Array.FindIndex(layer.Numbers, n => !float.IsFinite(n)) is >= 0 and var bad) throw NotFinite(use.Weight, layer.Numbers, bad, use.Node);
        if (!layer.IsCalibrated && NeedsGrams) compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight} is pruned by magnitude: calibration does not show what it is multiplied by, so {RecordText.Show(Method)} has nothing to go by");
        else if (NeedsGrams && layer.Samples < layer.Matrix.Columns) compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight}: {layer.Samples} columns of data are known, it has {layer.Matrix.Columns}: more data would choose better");
        // The numbers of all layers at once are the whole model.
        LargeArrays.Settle();
        return layer.Apart();
    }

    internal static DiagnosticException NotFinite(Value weight, float[] numbers, int bad, Node node) =>
        new([new("LT3233", $"prune: {weight} holds {numbers[bad]} at {bad}, which no magnitude compares with", node.Result.Name, $"keep on match({NameText.Quoted(weight.Name)}) leaves it as it is")]);

    /// <summary>The numbers that are left of a weight, and how they were chosen.</summary>
    private (float[] Numbers, PruneMethod Method) Left(PruneLayer layer, Sparse format, Compilation compilation)
    {
        var (use, method) = (layer.Use, layer.IsCalibrated ? Method : PruneMethod.Magnitude);
        if (method == PruneMethod.Obs && !ObsPruning.Suits(layer, format))
        {
            method = PruneMethod.Wanda;
            compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight} is pruned by wanda: {Pattern} lays rows of different groups of the convolution in one block, so obs has no Gram matrix for it");
        }
        return (Pruning.Of(method).Prune(layer, format, this), method);
    }

    /// <param name="layer">As it was.</param>
    /// <param name="current">As far as it is pruned already.</param>
    private (Value, LayerLoss) Store(PruneLayer layer, PruneLayer current, Sparse format, Compilation compilation)
    {
        var (type, use) = (layer.Use.Weight.Type, layer.Use);
        var (numbers, method) = Left(current, format, compilation);
        if (Refine == PruneRefinement.Dsnot && layer.IsCalibrated) numbers = Dsnot.Refined(layer, numbers);
        var value = new Value(use.Weight.Name, type.With(format), format.Encode(numbers, type.Shape));
        var after = Decoded.Of(value);
        var how = RecordText.Show(method) + (Steps > 1 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" in {Steps} steps") : "") + (Refine == PruneRefinement.Dsnot && layer.IsCalibrated ? " and dsnot" : "");
        return (value, LayerLoss.Measure(use, value, how, layer.Numbers, after, layer.Importance()) with
        {
            OutputError = layer.OutputError(after),
            UnseenError = compilation.Unseen is null ? null : new PruneLayer(use, layer.Numbers, compilation.Unseen).OutputError(after),
        });
    }

    private Sparse Placed(WeightUse use, double share) => new(Pattern.Numbers!, share, use.Output, use.Input, Inner(use.Input, use.Output, use.Weight.Type.Rank));

    private Encoding Inner(int input, int output, int rank) => Weights switch
    {
        null => new Dense(Scalar.F32),
        Dense { Kind: Scalar.F32 or Scalar.F16 or Scalar.BF16 } => Weights,
        Grouped grouped => grouped.Placed(input, output, rank),
        Dense { Kind: var kind } when Code.Parse(kind.Text) is { } code => new Uniform(code).Placed(input, output, rank),
        _ => throw new DiagnosticException([new("LT3234", $"prune: numbers that are kept cannot be stored as {Weights}", "", "weights=\"f16\", weights=\"i8\", weights=\"i4 group=64\"")]),
    };

    private void Left(Compilation compilation, WeightUse use, string why) => compilation.Notes.Add(Name, use.Node.Result.Name, $"{use.Weight} stays {use.Weight.Type.Encoding}: {why}");
}
