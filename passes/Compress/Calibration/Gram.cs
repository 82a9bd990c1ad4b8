using System.Runtime.InteropServices;
using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>H = X·Xᵀ / n and the mean of X, X the columns that a weight is multiplied by; one for each group of rows. Sums in f64, in a mapped file.</summary>
public sealed unsafe class Gram
{
    private readonly Bytes store;
    private readonly double[] sums;
    private readonly double[]? factors;

    /// <param name="size">Numbers of a column.</param>
    public Gram(int size, int groups)
    {
        (Size, Groups, Counts, sums) = (size, groups, new long[groups], new double[(long)size * groups]);
        store = Bytes.InFile(8L * size * size * groups);
    }

    private Gram(Gram other, double[] factors) => (Size, Groups, Counts, sums, store, this.factors) = (other.Size, other.Groups, other.Counts, other.sums, other.store, other.factors is null ? factors : [.. factors.Zip(other.factors, (a, b) => a * b)]);

    public int Size { get; }
    public int Groups { get; }

    /// <summary>Columns seen, by group.</summary>
    public long[] Counts { get; }

    /// <summary>Adds columns that lie one after another.</summary>
    internal void Add(int group, double[] columns, int count)
    {
        Counts[group] += count;
        var mine = sums.AsSpan(group * Size, Size);
        for (var i = 0; i < count; i++) for (var k = 0; k < Size; k++) mine[k] += columns[(long)i * Size + k];
        fixed (double* x = columns) Products.Add(x, Size, x, Size, At(group), Size, Size, Size, count, 1, lower: true);
        GC.KeepAlive(store);
    }

    /// <summary>Of the same columns, each of their numbers times a factor.</summary>
    public Gram Scaled(double[] factors) => new(this, factors);

    /// <summary>E[x].</summary>
    public double[] Mean(int group) => [.. sums.AsSpan(group * Size, Size).ToArray().Select((x, i) => x * Factor(i) / Math.Max(1, Counts[group]))];

    private double Factor(int i) => factors is null ? 1 : factors[i];

    /// <summary>E[x·xᵀ] as a whole matrix, row by row.</summary>
    public double[] Matrix(int group)
    {
        var (matrix, scale) = (new double[(long)Size * Size], 1.0 / Math.Max(1, Counts[group]));
        var from = At(group);
        for (var i = 0; i < Size; i++)
            for (var j = 0; j <= i; j++) matrix[(long)i * Size + j] = matrix[(long)j * Size + i] = from[(long)i * Size + j] * scale * Factor(i) * Factor(j);
        GC.KeepAlive(store);
        return matrix;
    }

    /// <summary>E[x²].</summary>
    public double[] Diagonal(int group)
    {
        var diagonal = new double[Size];
        var from = At(group);
        for (var i = 0; i < Size; i++) diagonal[i] = from[(long)i * Size + i] * Factor(i) * Factor(i) / Math.Max(1, Counts[group]);
        GC.KeepAlive(store);
        return diagonal;
    }

    /// <summary>For each group: columns, the sum of them, the lower half of the sum of products, row by row, in f64.</summary>
    public void Write(Stream stream)
    {
        for (var g = 0; g < Groups; g++)
        {
            stream.Write(BitConverter.GetBytes(Counts[g]));
            stream.Write(MemoryMarshal.AsBytes(sums.AsSpan(g * Size, Size)));
            for (var i = 0; i < Size; i++) stream.Write(new ReadOnlySpan<byte>(At(g) + (long)i * Size, 8 * (i + 1)));
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
            for (var i = 0; i < size; i++) stream.ReadExactly(new Span<byte>(gram.At(g) + (long)i * size, 8 * (i + 1)));
        }
        GC.KeepAlive(gram.store);
        return gram;
    }

    private double* At(int group) => (double*)store.Address + (long)group * Size * Size;
}
