using System.ComponentModel;
using System.Globalization;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>
/// Leaves out the residual blocks that add least: what they add, its mean for each channel aside, is the smallest share of the sum's mean square. The mean stays.
/// Men and others, ShortGPT (2024); Liu and others, FoldGPT (2024).
/// </summary>
/// <param name="Count">How many.</param>
[Description("leaves out the residual blocks whose sums change least: drop_blocks(count=2)")]
public sealed record DropBlocks(int Count) : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;
    public override bool NeedsStatistics => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        if (Count < 1) throw new DiagnosticException([new("LT3235", $"drop_blocks: count={Count} drops nothing", "", "at least 1")]);
        if (compilation.Calibration is not { } calibration) throw new DiagnosticException([new("LT3235", "drop_blocks: which blocks add least shows in data, and none was run", "", "--calibrate DATA")]);
        var blocks = ResidualBlock.Of(graph).Where(b => ActsOn(b.Sum)).Select(block => (Block: block, Loss: Loss(block, calibration))).Where(b => b.Loss is not null).OrderBy(b => b.Loss!.Value.Share).ToList();
        var gone = new List<ResidualBlock>();
        foreach (var (block, loss) in blocks)
        {
            // A block inside one that goes, or around it, goes with it or stays.
            if (gone.Count == Count || gone.Exists(other => other.Steps.Contains(block.Sum) || block.Steps.Contains(other.Sum))) continue;
            gone.Add(block);
            var unseen = compilation.Unseen is { } other2 ? Loss(block, other2)?.Share : null;
            compilation.Notes.Add(Name, block.Sum.Result.Name, string.Create(CultureInfo.InvariantCulture, $"the block of {block.Steps.Count} steps that adds {block.Branch} is left out: the sum is off by {loss!.Value.Share:0.0E+0} of its mean square{(unseen is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({unseen:0.0E+0} on unseen data)"))}, the cosine of what goes in and what came out is {loss.Value.Cosine:0.0000}"));
        }
        if (gone.Count < Count) throw new DiagnosticException([new("LT3236", $"drop_blocks: {Count} blocks are to go, the model has {blocks.Count} that can", "", blocks.Count == 0 ? "a block is a sum x + f(x) of values of one shape, and nothing else reads what f makes" : $"count={blocks.Count} at most")]);
        var names = new Surroundings(graph);
        var sums = gone.ToDictionary(b => b.Sum, b => Mean(b, calibration.Of(b.Branch.Name)!.Channels, names) is { } mean ? b.Sum with { Op = new Add(), Operands = [b.Input, mean] } : b.Sum with { Op = new Identity(), Operands = [b.Input] }, (IEqualityComparer<Node>)ReferenceEqualityComparer.Instance);
        var shorter = new Simplify().Run(new(graph with { Nodes = [.. graph.Nodes.Select(n => sums.GetValueOrDefault(n, n))] }), compilation).MustBeGraph;
        OutputChange.Note(Name, graph, shorter, compilation);
        (compilation.Calibration, compilation.Unseen) = (null, null);
        return shorter;
    }

    /// <summary>What the sum loses, as a share of its mean square, where the branch is its mean; and the cosine of the input and the sum. Null where data shows neither.</summary>
    private static (double Share, double Cosine)? Loss(ResidualBlock block, Calibration seen)
    {
        if (seen.Of(block.Input.Name) is not { } x || seen.Of(block.Branch.Name) is not { } f || seen.Of(block.Sum.Result.Name) is not { } y) return null;
        static double Square(ValueStatistics s) => s.Variance + s.Mean * s.Mean;
        // |y|² = |x|² + 2·x·f + |f|².
        var (xx, ff, yy) = (Square(x), Square(f), Square(y));
        return (f.Channels.Variance.Average() / Math.Max(double.Epsilon, yy), (xx + (yy - xx - ff) / 2) / Math.Max(double.Epsilon, Math.Sqrt(xx * yy)));
    }

    /// <summary>The mean of what a block adds, for each channel.</summary>
    private static Value? Mean(ResidualBlock block, ChannelStatistics channels, Surroundings names) => channels.Axis < 0 || channels.Mean.All(m => m == 0) ? null
        : Constants.Of(names.Fresh(block.Branch.Name + ".mean"), new([channels.Count, .. Enumerable.Repeat((Expr)1, block.Branch.Type.Rank - 1 - channels.Axis)], Scalar.F32), channels.Mean);
}
