namespace Lathe.Ir.Algebra;

/// <summary>Orthogonal matrices whose numbers are all of about one size, so that whatever is multiplied by one is spread evenly: Sylvester's, times a cosine transform for sizes that are no power of 2.</summary>
public static class Hadamard
{
    /// <summary>Rows of length 1, each orthogonal to the others, columns in a random order. The first is of equal numbers unless signs are random too.</summary>
    /// <param name="signs">Whether columns have random signs, which spreads numbers that go together too.</param>
    public static double[] Of(int size, int seed, bool signs)
    {
        var powers = size & -size;
        var odd = size / powers;
        var (random, matrix) = (new Random(seed), new double[size * size]);
        var columns = Enumerable.Range(0, size).ToArray();
        random.Shuffle(columns);
        var sign = columns.Select(_ => signs && random.Next(2) == 0 ? -1 : 1).ToArray();
        for (var r = 0; r < size; r++)
            for (var c = 0; c < size; c++)
                matrix[r * size + columns[c]] = sign[c] * Sylvester(r / odd, c / odd, powers) * Cosine(r % odd, c % odd, odd);
        return matrix;
    }

    private static double Sylvester(int row, int column, int size) => (System.Numerics.BitOperations.PopCount((uint)(row & column)) % 2 == 0 ? 1 : -1) / Math.Sqrt(size);

    /// <summary>DCT-II, its rows of length 1.</summary>
    private static double Cosine(int row, int column, int size) => Math.Sqrt((row == 0 ? 1.0 : 2.0) / size) * Math.Cos(Math.PI * (column + 0.5) * row / size);
}
