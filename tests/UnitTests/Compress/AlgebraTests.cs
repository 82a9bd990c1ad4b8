using Lathe.Ir.Algebra;

namespace Lathe.UnitTests.Compress;

/// <summary>Factors and products in blocks, against their definitions.</summary>
public sealed class AlgebraTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(203)]
    public void A_factor_times_its_transpose_is_the_matrix_and_its_inverse_undoes_it(int size)
    {
        var matrix = Positive(size, 5);
        var lower = (double[])matrix.Clone();
        Assert.True(Cholesky.Factor(lower, size));
        var inverse = Cholesky.Inverse(lower, size);
        double[] right = [.. Enumerable.Range(0, size).Select(i => Math.Cos(i))], solved = (double[])right.Clone();
        Cholesky.Solve(lower, solved);
        for (var i = 0; i < size; i++) Assert.Equal(right[i], Enumerable.Range(0, size).Sum(j => matrix[i * size + j] * solved[j]), 1e-9 * size);
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
            {
                double product = 0, one = 0;
                for (var t = 0; t < size; t++) (product, one) = (product + lower[i * size + t] * lower[j * size + t], one + inverse[i * size + t] * lower[t * size + j]);
                Assert.Equal(matrix[i * size + j], product, 1e-9 * size);
                Assert.Equal(i == j ? 1 : 0, one, 1e-9 * size);
                if (j > i) Assert.Equal((0.0, 0.0), (lower[i * size + j], inverse[i * size + j]));
            }
    }

    [Fact]
    public void What_is_not_positive_has_no_factor() => Assert.False(Cholesky.Factor([1, 2, 2, 1], 2));

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 9, 3)]
    [InlineData(70, 300, 130)]
    public unsafe void A_product_is_the_sum_of_products(int rows, int columns, int depth)
    {
        var random = new Random(3);
        double[] a = Numbers(random, depth * rows), b = Numbers(random, depth * columns), c = Numbers(random, rows * columns), start = (double[])c.Clone();
        fixed (double* pa = a, pb = b, pc = c) Products.Add(pa, rows, pb, columns, pc, columns, rows, columns, depth, -1);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                Assert.Equal(start[i * columns + j] - Enumerable.Range(0, depth).Sum(t => a[t * rows + i] * b[t * columns + j]), c[i * columns + j], 1e-10 * depth);
    }

    internal static double[] Positive(int size, int seed)
    {
        var random = new Random(seed);
        var (x, matrix) = (Numbers(random, size * (size + 3)), new double[size * size]);
        for (var i = 0; i < size; i++) for (var j = 0; j < size; j++) for (var t = 0; t < size + 3; t++) matrix[i * size + j] += x[t * size + i] * x[t * size + j] / size;
        for (var i = 0; i < size; i++) matrix[i * size + i] += 0.1;
        return matrix;
    }

    private static double[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
}
