using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Factors of any structure that go by data: the network of each is its product, its adjoint the derivative, and the fit moves the output less, on data that it has not seen too.</summary>
public sealed class FitByDataTests
{
    private static readonly ProductLayer Product = new(new MatMul(), [40, 48], [48, 40], runs: 40);
    private static readonly ProductLayer Image = new(new Conv(Pads: [1, 1, 1, 1]), [2, 8, 9, 9], [12, 8, 3, 3], runs: 40);

    private static readonly string[] Networks = ["monarch blocks=2 rank=3", "kronecker outputs=2 inputs=4 terms=2", "blockaffine outputs=4 inputs=2 terms=2", "tt outputs=[2, 2] inputs=[2, 2] rank=3", "dense_sparse 2:4 rank=4", "tucker2 rank=4 inputs=3", "cp rank=3"];

    [Property(MaxTest = 40)]
    public void A_network_is_the_product_and_its_adjoint_the_derivative(byte kind, int seed, bool turned)
    {
        var (format, random) = ((Factored)IrText.ReadEncoding(Networks[kind % Networks.Length]), new Random(seed));
        format = format with { Axis = turned ? 1 : 0, Input = turned ? 0 : 1 };
        Seq<Expr> shape = format is Tucker2 or Cp ? turned ? [8, 12, 3, 2] : [12, 8, 3, 2] : turned ? [8, 12] : [12, 8];
        var count = (int)shape.Aggregate(1L, (size, extent) => size * extent.Whole);
        float[] Random(long size) => [.. Enumerable.Range(0, (int)size).Select(_ => random.NextSingle() - 0.5f)];
        Seq<float[]> factors = [.. format.Parts(shape).Select(part => Random(part.Type.Count))];
        if (format is DenseSparse { Pattern: var pattern } && new Sparse(pattern, 1, format.Axis, format.Input).Mask(factors[1], format.Parts(shape)[1].Type.Shape) is var mask)
            for (var i = 0; i < mask.Length; i++) if (!mask[i]) factors[1][i] = 0;
        var network = format.Network(shape)!;
        double[][] arrays = [.. factors.Select(f => Array.ConvertAll(f, n => (double)n))];
        var product = network.Product(arrays);
        Assert.All(format.Matrix(format.Multiplied(format.Pack(factors, [], shape), shape), shape).Zip(product), p => Assert.Equal(p.First, p.Second, 1e-5));
        double[] matrix = [.. Random(count).Select(n => (double)n)];
        for (var array = 0; array < arrays.Length; array++)
        {
            var adjoint = network.Adjoint(arrays, array, matrix);
            Assert.Equal(network.With(array).Product(arrays).Zip(matrix, (a, b) => a * b).Sum(), adjoint.Zip(arrays[array], (a, b) => a * b).Sum(), 1e-6);
        }
    }

    [Theory]
    [InlineData("monarch blocks=4 rank=2")]
    [InlineData("kronecker outputs=4 inputs=4 terms=4")]
    [InlineData("blockaffine outputs=4 inputs=4 terms=3")]
    [InlineData("tt outputs=[4] inputs=[4] rank=4")]
    [InlineData("tt outputs=[2, 4] inputs=[4, 2] rank=5")]
    [InlineData("dense_sparse 2:4 rank=16")]
    [InlineData("cur rank=10")]
    [InlineData("tied rows=10")]
    [InlineData("tiled blocks=90 outputs=4")]
    [InlineData("hashed blocks=60 outputs=4")]
    [InlineData("tucker2 rank=6 inputs=4")]
    [InlineData("cp rank=6")]
    [InlineData("monarch blocks=1 rank=4")]
    [InlineData("cp rank=1")]
    public void Going_by_data_moves_the_output_less(string format)
    {
        var layer = ((Factored)IrText.ReadEncoding(format)) is Tucker2 or Cp ? Image : Product;
        var (plain, aware) = (Of("svd"), Of("afm"));
        Assert.True(Error(aware, layer.Calibration) < Error(plain, layer.Calibration), $"{Error(aware, layer.Calibration)} by data, {Error(plain, layer.Calibration)} without");
        Assert.True(Unseen(aware) < Unseen(plain), $"unseen: {Unseen(aware)} by data, {Unseen(plain)} without");
        Assert.Equal(plain.Planes.Sum(plane => plane.Length), aware.Planes.Sum(plane => plane.Length));

        Value Of(string method)
        {
            var compilation = new Compilation(new Machine("test"), objective: Objective.Size) { Calibration = layer.Calibration };
            return PipelineReader.ReadLine($"factorize(weights=\"{format}\", method={method})", "test").Passes[0].Run(new Module(layer.Graph), compilation).MustBeGraph.Nodes[0].Operands[1]!;
        }

        double Error(Value weight, Calibration calibration) => new PruneLayer(layer.Use, layer.Numbers, calibration).OutputError(Decoded.Of(weight))!.Value;

        double Unseen(Value weight) => layer.Unseen("i4 group=8").OutputError(Decoded.Of(weight))!.Value;
    }
}
