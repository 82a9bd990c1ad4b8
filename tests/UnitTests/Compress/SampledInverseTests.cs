using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Inverse Gram matrices of kept columns: the same as of the whole matrix where all columns are kept, and close to it where they are a sample.</summary>
public sealed class SampledInverseTests
{
    [Theory]
    [InlineData(40, 12)]
    [InlineData(40, 100)] // more columns than numbers in one
    [InlineData(130, 64)]
    public void Rows_are_those_of_the_whole_matrix(int size, int count)
    {
        var columns = Columns(size, count);
        var (whole, kept) = (new Gram(size, 1, 0), new Gram(size, 1, count));
        foreach (var gram in new[] { whole, kept }) gram.Add(0, columns, count);
        IInverseRows all = new WholeInverse(InverseFactor.Of(whole.Matrix(0), size, 0.01)!, size), sampled = new SampledInverse(kept.Columns(0), size, 0.01);
        for (var first = 0; first < size; first += 33)
        {
            var end = Math.Min(size, first + 33);
            foreach (var (a, b) in all.Rows(first, end).Zip(sampled.Rows(first, end))) Assert.Equal(a, b, 1e-8 * (1 + Math.Abs(a)));
        }
    }

    [Fact]
    public void What_is_kept_is_a_sample_and_reads_back()
    {
        var (size, count) = (8, 500);
        var columns = Columns(size, count);
        var (whole, kept) = (new Gram(size, 1, 0), new Gram(size, 1, 200));
        foreach (var gram in new[] { whole, kept }) for (var i = 0; i < count; i += 50) gram.Add(0, columns[(i * size)..((i + 50) * size)], 50);
        Assert.Equal(whole.Diagonal(0), kept.Diagonal(0), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(whole.Mean(0), kept.Mean(0));
        // Each column is one of those that came, and those of both halves are there.
        var places = kept.Columns(0).Chunk(size).Select(c => Enumerable.Range(0, count).First(i => columns[i * size] == c[0] && columns[i * size + 1] == c[1])).ToList();
        Assert.Equal(200, places.Distinct().Count());
        Assert.InRange(places.Count(i => i < count / 2), 70, 130);
        var (all, some, diagonal) = (whole.Matrix(0), kept.Matrix(0), whole.Diagonal(0));
        for (var i = 0; i < all.Length; i++) Assert.InRange((some[i] - all[i]) / Math.Sqrt(diagonal[i / size] * diagonal[i % size]), -0.2, 0.2);
    }

    /// <summary>A layer pruned by columns loses what it loses by the matrix.</summary>
    [Theory]
    [InlineData("pattern=unstructured, sparsity=0.6")]
    [InlineData("pattern=2:4")]
    public void A_layer_is_pruned_alike(string pattern)
    {
        var layer = new ProductLayer(new Ir.Ops.MatMul(), [64, 48], [48, 40], runs: 2);
        float[] Pruned(int kept)
        {
            var gram = new Gram(48, 1, kept);
            foreach (var run in layer.Runs) gram.Add(0, run.ToDoubles().ToArray(), 64);
            var compilation = new Compilation(new Machine("test")) { Calibration = layer.Calibration with { Grams = new Dictionary<string, Gram> { [layer.Calibration.Grams.Keys.Single()] = gram } } };
            var module = PipelineReader.ReadLine($"prune({pattern}, method=obs)", "test").Passes[0].Run(new Module(layer.Graph), compilation);
            return [.. Decoded.Of(module.MustBeGraph.Nodes[0].Operands[1]!), (float)Assert.Single(compilation.Losses).OutputError!.Value];
        }
        foreach (var (a, b) in Pruned(0).Zip(Pruned(128))) Assert.Equal(a, b, 1e-4f);
    }

    private static double[] Columns(int size, int count)
    {
        var random = new Random(3);
        var all = new double[size * count];
        for (var i = 0; i < all.Length; i++) all[i] = (random.NextDouble() * 2 - 1) * (1 + i % size % 5) + (i % size > 0 ? 0.5 * all[i - 1] : 0);
        return all;
    }
}
