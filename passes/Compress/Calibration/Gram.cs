using System.Runtime.InteropServices;
using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// H = X·Xᵀ / n and the mean of X, X the columns that a weight is multiplied by; one for each group of rows. Sums in f64, in a mapped file. Where H is too large for that, some
/// columns are kept instead, drawn as they come so that each is as likely as any other, and the squares on its diagonal.
/// </summary>
public sealed unsafe class Gram
{
    /// <summary>Largest size of a whole matrix: 512 MiB.</summary>
    private const int LargestWhole = 8192;

    /// <summary>Columns that are kept of a larger one.</summary>
    private const int MostKept = 1024;

    private readonly Bytes store;
    private readonly double[]? squares;
    private readonly Random[]? draws;
    private readonly double[] sums;
    private readonly double[]? factors;

    /// <param name="size">Numbers of a column.</param>
    /// <param name="kept">Columns that are kept in place of the matrix; null: as its size asks for, 0 for none.</param>
    public Gram(int size, int groups, int? kept = null)
    {
        (Size, Groups, Counts, sums, MostColumns) = (size, groups, new long[groups], new double[(long)size * groups], kept ?? (size > LargestWhole ? MostKept : 0));
        if (MostColumns > 0) (squares, draws) = (new double[(long)size * groups], [.. Enumerable.Range(1, groups).Select(seed => new Random(seed))]);
        store = Bytes.InFile(8L * size * (IsWhole ? size : MostColumns) * groups);
    }

    private Gram(Gram other, double[] factors)
    {
        (Size, Groups, Counts, sums, store, squares, draws, MostColumns) = (other.Size, other.Groups, other.Counts, other.sums, other.store, other.squares, other.draws, other.MostColumns);
        this.factors = other.factors is null ? factors : [.. factors.Zip(other.factors, (a, b) => a * b)];
    }

    private int MostColumns { get; }

    /// <summary>Whether all products are summed; else <see cref="Columns"/> are what is known.</summary>
    public bool IsWhole => MostColumns == 0;

    public int Size { get; }
    public int Groups { get; }

    /// <summary>Columns seen, by group.</summary>
    public long[] Counts { get; }

    /// <summary>Columns that <see cref="Matrix"/> is made of, of the group with fewest.</summary>
    public long Known => IsWhole ? Counts.Min() : Math.Min(Counts.Min(), MostColumns);

    /// <summary>Adds columns that lie one after another.</summary>
    internal void Add(int group, double[] columns, int count)
    {
        Counts[group] += count;
        var mine = sums.AsSpan(group * Size, Size);
        for (var i = 0; i < count; i++) for (var k = 0; k < Size; k++) mine[k] += columns[(long)i * Size + k];
        if (IsWhole) fixed (double* x = columns) Products.Add(x, Size, x, Size, At(group), Size, Size, Size, count, 1, lower: true);
        else Keep(group, columns, count);
        GC.KeepAlive(store);
    }

    /// <summary>Vitter, Random Sampling with a Reservoir (1985), algorithm R.</summary>
    private void Keep(int group, double[] columns, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var before = Counts[group] - count + i;
            var from = columns.AsSpan(i * Size, Size);
            for (var k = 0; k < Size; k++) squares![(long)group * Size + k] += from[k] * from[k];
            var place = before < MostColumns ? before : draws![group].NextInt64(before + 1);
            if (place < MostColumns) from.CopyTo(new(At(group) + place * Size, Size));
        }
    }

    /// <summary>Some columns as rows of a matrix, one after another: what was kept in place of the whole.</summary>
    public double[] Columns(int group)
    {
        var columns = new double[Math.Min(Counts[group], MostColumns) * Size];
        new Span<double>(At(group), columns.Length).CopyTo(columns);
        if (factors is not null) for (var i = 0; i < columns.Length; i++) columns[i] *= factors[i % Size];
        GC.KeepAlive(store);
        return columns;
    }

    /// <summary>Of the same columns, each of their numbers times a factor.</summary>
    public Gram Scaled(double[] factors) => new(this, factors);

    /// <summary>E[x].</summary>
    public double[] Mean(int group) => [.. sums.AsSpan(group * Size, Size).ToArray().Select((x, i) => x * Factor(i) / Math.Max(1, Counts[group]))];

    private double Factor(int i) => factors is null ? 1 : factors[i];

    /// <summary>E[x·xᵀ] as a whole matrix, row by row; of the columns that were kept where that is all.</summary>
    public double[] Matrix(int group)
    {
        if (!IsWhole) return Of(Columns(group));
        var (matrix, scale) = (new double[(long)Size * Size], 1.0 / Math.Max(1, Counts[group]));
        var from = At(group);
        for (var i = 0; i < Size; i++)
            for (var j = 0; j <= i; j++) matrix[(long)i * Size + j] = matrix[(long)j * Size + i] = from[(long)i * Size + j] * scale * Factor(i) * Factor(j);
        GC.KeepAlive(store);
        return matrix;
    }

    private double[] Of(double[] columns)
    {
        var (matrix, count) = (new double[(long)Size * Size], columns.Length / Size);
        fixed (double* x = columns, to = matrix) Products.Add(x, Size, x, Size, to, Size, Size, Size, count, 1);
        for (var i = 0L; i < matrix.Length; i++) matrix[i] /= Math.Max(1, count);
        return matrix;
    }

    /// <summary>E[x²].</summary>
    public double[] Diagonal(int group)
    {
        var diagonal = new double[Size];
        if (squares is not null)
        {
            for (var i = 0; i < Size; i++) diagonal[i] = squares[(long)group * Size + i] * Factor(i) * Factor(i) / Math.Max(1, Counts[group]);
            return diagonal;
        }
        var from = At(group);
        for (var i = 0; i < Size; i++) diagonal[i] = from[(long)i * Size + i] * Factor(i) * Factor(i) / Math.Max(1, Counts[group]);
        GC.KeepAlive(store);
        return diagonal;
    }

    /// <summary>For each group: columns, the sum of them, then in f64 the lower half of the sum of products, row by row, or the sum of squares and the columns that are kept.</summary>
    public void Write(Stream stream)
    {
        for (var g = 0; g < Groups; g++)
        {
            stream.Write(BitConverter.GetBytes(Counts[g]));
            stream.Write(MemoryMarshal.AsBytes(sums.AsSpan(g * Size, Size)));
            if (squares is not null) stream.Write(MemoryMarshal.AsBytes(squares.AsSpan(g * Size, Size)));
            for (var i = 0; i < (IsWhole ? Size : Math.Min(Counts[g], MostColumns)); i++) stream.Write(new ReadOnlySpan<byte>(At(g) + (long)i * Size, 8 * (IsWhole ? i + 1 : Size)));
        }
        GC.KeepAlive(store);
    }

    /// <exception cref="EndOfStreamException">There is less than a matrix takes.</exception>
    public static Gram Read(Stream stream, int size, int groups)
    {
        var gram = new Gram(size, groups);
        var count = new byte[8];
        for (var g = 0; g < groups; g++)
        {
            stream.ReadExactly(count);
            gram.Counts[g] = BitConverter.ToInt64(count);
            stream.ReadExactly(MemoryMarshal.AsBytes(gram.sums.AsSpan(g * size, size)));
            if (gram.squares is not null) stream.ReadExactly(MemoryMarshal.AsBytes(gram.squares.AsSpan(g * size, size)));
            for (var i = 0; i < (gram.IsWhole ? size : Math.Min(gram.Counts[g], gram.MostColumns)); i++) stream.ReadExactly(new Span<byte>(gram.At(g) + (long)i * size, 8 * (gram.IsWhole ? i + 1 : size)));
        }
        GC.KeepAlive(gram.store);
        return gram;
    }

    private double* At(int group) => (double*)store.Address + (long)group * Size * (IsWhole ? Size : MostColumns);
}
