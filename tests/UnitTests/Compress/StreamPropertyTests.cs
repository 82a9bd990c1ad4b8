using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What holds of any stream of residual blocks that is sliced or shares its matrices, and of any weight that is pruned.</summary>
public sealed class StreamPropertyTests
{
    [Property(MaxTest = 25)]
    public void Any_stream_is_sliced_and_is_off_by_what_is_said(int seed)
    {
        var stream = new RandomStream(seed, normalized: true);
        var compilation = stream.Watched;
        var basis = seed % 2 == 0 ? StreamBasis.One : StreamBasis.Each;
        var sliced = new SliceStream(0.3, basis).Run(new Module(stream.Graph), compilation).MustBeGraph;
        Assert.Empty(Verifier.Check(sliced));
        Assert.Equal(stream.Graph.Outputs.Select(v => (v.Name, v.Type)), sliced.Outputs.Select(v => (v.Name, v.Type)));
        Assert.True(Size(sliced) <= Size(stream.Graph));
        // Where matrices between would take more than is saved it says so and leaves all as it was.
        if (compilation.Notes.All.Any(n => n.Text.StartsWith("nothing is sliced", StringComparison.Ordinal))) Assert.Same(stream.Graph, sliced);
        else Assert.InRange(stream.Off(sliced), 0.8 * Said(compilation) - 1e-9, 1.25 * Said(compilation) + 1e-9);
    }

    /// <summary>A share that asks for all the directions there are but those along which nothing lies loses nothing.</summary>
    [Property(MaxTest = 15)]
    public void Fewer_directions_lose_more(int seed)
    {
        var stream = new RandomStream(seed, normalized: true);
        double Off(double share) => stream.Off(new SliceStream(share).Run(new Module(stream.Graph), stream.Watched).MustBeGraph);
        Assert.True(Off(0.2) <= Off(0.6) + 1e-9);
    }

    [Property(MaxTest = 20)]
    public void Twins_share_their_matrices_at_no_loss(int seed)
    {
        var stream = new RandomStream(seed, normalized: seed % 2 == 0, twins: true);
        var compilation = stream.Watched;
        var shared = new ShareBlocks(1).Run(new Module(stream.Graph), compilation).MustBeGraph;
        Assert.Empty(Verifier.Check(shared));
        Assert.Equal(2, stream.Graph.Weights.Count(w => w.Type.Rank == 2) - shared.Weights.Count(w => w.Type.Rank == 2));
        Assert.InRange(stream.Off(shared), 0, 1e-8);
        // Whatever is simplified behind it, the matrices stay one.
        var simplified = new Simplify().Run(new(shared), compilation).MustBeGraph;
        Assert.True(simplified.Weights.Count(w => w.Type.Rank == 2) <= shared.Weights.Count(w => w.Type.Rank == 2));
    }

    [Property(MaxTest = 20)]
    public void Any_two_alike_share_and_are_off_by_what_is_said(int seed)
    {
        var stream = new RandomStream(seed, normalized: seed % 2 == 0);
        var compilation = stream.Watched;
        if (BlockPair.Of([.. ResidualBlock.Of(stream.Graph)]).Count == 0)
        {
            Assert.Equal("LT3236", Assert.Throws<DiagnosticException>(() => new ShareBlocks(1).Run(new Module(stream.Graph), compilation)).Diagnostics[0].Code);
            return;
        }
        var shared = new ShareBlocks(1).Run(new Module(stream.Graph), compilation).MustBeGraph;
        Assert.Empty(Verifier.Check(shared));
        Assert.InRange(stream.Off(shared), 0.8 * Said(compilation) - 1e-9, 1.25 * Said(compilation) + 1e-9);
    }

    /// <summary>Of any shape that the pattern divides so many are kept, whole blocks or as many of each group; of any other it is said why not.</summary>
    [Property(MaxTest = 40)]
    public void Any_weight_keeps_what_its_pattern_says(int seed)
    {
        var random = new Random(seed);
        var (inputs, outputs) = (1 + random.Next(40), 1 + random.Next(40));
        string[] patterns = ["unstructured", "4x1", "4x2", "4x4", "1x8", "2:4", "1:4", "4:8"];
        var pattern = patterns[random.Next(patterns.Length)];
        var layer = new ProductLayer(new Ir.Ops.MatMul(), [16, inputs], [inputs, outputs], runs: 2, seed: seed);
        var compilation = new Compilation(new Machine("test")) { Calibration = layer.Calibration };
        var method = new[] { "magnitude", "wanda", "obs" }[random.Next(3)];
        var pruned = PipelineReader.ReadLine($"prune(pattern={pattern}{(pattern.Contains(':') ? "" : ", sparsity=0.6")}, method={method})", "test").Passes[0].Run(new Module(layer.Graph), compilation).MustBeGraph;
        var weight = pruned.Nodes[0].Operands[1]!;
        if (weight.Type.Encoding is not Sparse sparse)
        {
            Assert.True(compilation.Notes.All.Any(n => n.Text.Contains("stays f32: ", StringComparison.Ordinal)), $"{pattern} of {inputs} by {outputs} is left out and nobody is told");
            return;
        }
        var numbers = Decoded.Of(weight);
        if (sparse.Pattern is RatioPattern ratio)
            for (var o = 0; o < outputs; o++)
                for (var g = 0; g < inputs / ratio.Of; g++) Assert.True(Enumerable.Range(g * ratio.Of, ratio.Of).Count(i => numbers[i * outputs + o] != 0) <= ratio.Count);
        else
        {
            var block = (BlockPattern)sparse.Pattern;
            var (down, across) = ((outputs + block.Outputs - 1) / block.Outputs, (inputs + block.Inputs - 1) / block.Inputs);
            var kept = numbers.Index().Where(n => n.Item != 0).Select(n => (n.Index / outputs / block.Inputs, n.Index % outputs / block.Outputs)).Distinct().Count();
            Assert.True(kept <= Math.Max(1, Math.Round(0.4 * down * across)), $"{pattern}: {kept} of {down * across}");
        }
    }

    private static long Size(Graph graph) => graph.Weights.Sum(w => w.Planes.Sum(p => p.Length));

    private static double Said(Compilation compilation)
    {
        var text = compilation.Notes.All.Last(n => n.Text.StartsWith("outputs are off by", StringComparison.Ordinal)).Text;
        return double.Parse(text.Split("off by ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
