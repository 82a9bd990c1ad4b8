using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>Sums of very many numbers: rounding must not grow with their count, whichever axis lies side by side in memory.</summary>
public sealed class LongSumTests
{
    [Theory]
    [InlineData(1, 256, 4096, false)]
    [InlineData(1, 256, 4096, true)]
    [InlineData(1, 2, 500_000, false)]
    [InlineData(3, 40_000, 16, false)]
    [InlineData(1, 1, 1_000_003, true)]
    [InlineData(1, 40_000, 17, true)]
    public void A_mean_of_a_million_is_right_to_a_few_last_places(int rows, int outer, int inner, bool open)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, rows * outer * inner).Select(_ => (double)(float)(1 + random.NextDouble() / 8)).ToArray();
        Expr extent = open ? Symbol.Of("n") : inner;
        var x = new Value("x", new TensorType([rows, outer, extent], Scalar.F32));
        var axes = new Value("axes", new TensorType([2], Scalar.I64), [Bytes.Of<long>([1, 2])]);
        var graph = new GraphBuilder("mean", x);
        var program = Compilation.Run(graph.Return(graph.Add("y", new ReduceMean(), x, axes)), MachineTable.Of(CpuTarget.Host));
        var result = NativeRunner.Run(program, [Tensor.Of(Scalar.F32, [rows, outer, inner], values)])[0].ToDoubles();
        for (var row = 0; row < rows; row++)
        {
            var exact = values.Skip(row * outer * inner).Take(outer * inner).Average();
            // Rows of 256 additions, then rows of those: a few hundred halves of a last place at the very most, some in practice.
            Assert.Equal(exact, result[row], 16 * Math.ScaleB(exact, -24));
        }
    }

    /// <summary>Lanes along what is kept: every lane adds up rows.</summary>
    [Theory]
    [InlineData(1_000_000, false)]
    [InlineData(1_000_000, true)]
    [InlineData(77, true)]
    public void A_mean_of_columns_is_too(int rows, bool open)
    {
        const int columns = 21;
        var random = new Random(2);
        var values = Enumerable.Range(0, rows * columns).Select(_ => (double)(float)(1 + random.NextDouble() / 8)).ToArray();
        var x = new Value("x", new TensorType([open ? Symbol.Of("n") : rows, columns], Scalar.F32));
        var graph = new GraphBuilder("mean", x);
        var program = Compilation.Run(graph.Return(graph.Add("y", new ReduceMean(), x, new Value("axes", new TensorType([1], Scalar.I64), [Bytes.Of<long>([0])]))), MachineTable.Of(CpuTarget.Host));
        var result = NativeRunner.Run(program, [Tensor.Of(Scalar.F32, [rows, columns], values)])[0].ToDoubles();
        for (var column = 0; column < columns; column++)
        {
            var exact = Enumerable.Range(0, rows).Average(row => values[row * columns + column]);
            // One row of a million additions is off by up to some hundreds of 2^-24, rows of rows of 256 by a few.
            Assert.Equal(exact, result[column], 16 * Math.ScaleB(exact, -24));
        }
    }
}
