using Lathe.Ir.Algebra;

namespace Lathe.UnitTests.Running;

/// <summary>Eigenvectors and the nearest products of a rank, against what defines them.</summary>
public sealed class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(64)]
    public void Vectors_are_orthogonal_and_give_the_matrix_back(int size)
    {
        var random = new Random(size);
        var matrix = new double[size * size];
        for (var i = 0; i < size; i++) for (var j = 0; j <= i; j++) matrix[i * size + j] = matrix[j * size + i] = random.NextDouble() - 0.5;
        var eigen = SymmetricEigen.Of((double[])matrix.Clone(), size);
        Assert.Equal(eigen.Values.OrderDescending(), eigen.Values);
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, size).Sum(t => eigen.Vectors[i * size + t] * eigen.Vectors[j * size + t]), 1e-12);
                Assert.Equal(matrix[i * size + j], Enumerable.Range(0, size).Sum(t => eigen.Values[t] * eigen.Vectors[t * size + i] * eigen.Vectors[t * size + j]), 1e-12);
            }
    }

    [Fact]
    public void Equal_eigenvalues_and_empty_matrices_are_no_trouble()
    {
        var identity = SymmetricEigen.Of([2, 0, 0, 0, 2, 0, 0, 0, 2], 3);
        Assert.Equal([2.0, 2.0, 2.0], identity.Values);
        Assert.Equal([0.0, 0.0], SymmetricEigen.Of([0, 0, 0, 0], 2).Values);
        Assert.Empty(SymmetricEigen.Of([], 0).Values);
    }

    [Fact]
    public void A_matrix_without_numbers_is_refused_and_not_looped_over() =>
        Assert.Throws<ArithmeticException>(() => SymmetricEigen.Of([double.NaN, 1, 1, 1, 2, 3, 1, 3, double.NaN], 3));

    [Theory]
    [InlineData(7, 5)]
    [InlineData(5, 7)]
    [InlineData(6, 6)]
    public void A_product_loses_what_is_left_of_the_spectrum_and_nothing_at_full_rank(int rows, int columns)
    {
        var random = new Random(rows);
        double[] matrix = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() - 0.5)];
        var (gram, few) = (new double[columns * columns], Math.Min(rows, columns));
        for (var i = 0; i < columns; i++) for (var j = 0; j < columns; j++) gram[i * columns + j] = Enumerable.Range(0, rows).Sum(t => matrix[t * columns + i] * matrix[t * columns + j]);
        var energies = SymmetricEigen.Of(gram, columns).Values;
        for (var rank = 1; rank <= few; rank++)
        {
            var (u, v) = TruncatedSvd.Of(matrix, rows, columns, rank);
            var lost = Enumerable.Range(0, rows * columns).Sum(i => Math.Pow(matrix[i] - Enumerable.Range(0, rank).Sum(r => u[i / columns * rank + r] * v[r * columns + i % columns]), 2));
            Assert.Equal(energies.Skip(rank).Sum(), lost, 1e-12);
        }
    }
}
