using System.Numerics;

namespace Lathe.Ir;

/// <summary>One book of vectors, found by weighted k-means.</summary>
internal sealed class VectorStage
{
    private readonly int dim, count;

    /// <summary>Number by number of a vector, those of all entries side by side; their squares behind them.</summary>
    private readonly float[] across, squares;

    private VectorStage(float[] entries, int dim)
    {
        (Entries, this.dim, count) = (entries, dim, entries.Length / dim);
        (across, squares) = (new float[entries.Length], new float[entries.Length]);
        for (var e = 0; e < count; e++)
            for (var d = 0; d < dim; d++) (across[d * count + e], squares[d * count + e]) = (entries[e * dim + d], entries[e * dim + d] * entries[e * dim + d]);
    }

    /// <summary>The vectors, one after another.</summary>
    public float[] Entries { get; }

    public ReadOnlySpan<float> Entry(int code) => Entries.AsSpan(code * dim, dim);

    /// <summary>The entry of least weighted square error; of equal ones the first.</summary>
    public int Nearest(ReadOnlySpan<float> vector, ReadOnlySpan<float> weights)
    {
        Span<float> errors = stackalloc float[count];
        errors.Clear();
        for (var d = 0; d < dim; d++)
        {
            var (weight, twice, at) = (weights[d], -2 * weights[d] * vector[d], d * count);
            var e = 0;
            for (; e + Vector<float>.Count <= count; e += Vector<float>.Count)
                (new Vector<float>(errors[e..]) + new Vector<float>(weight) * new Vector<float>(squares, at + e) + new Vector<float>(twice) * new Vector<float>(across, at + e)).CopyTo(errors[e..]);
            for (; e < count; e++) errors[e] += weight * squares[at + e] + twice * across[at + e];
        }
        var best = 0;
        for (var e = 1; e < count; e++) if (errors[e] < errors[best]) best = e;
        return best;
    }

    /// <summary>Fits a book to vectors and takes its nearest entries off them.</summary>
    /// <param name="vectors">Numbers of one after another; what is left of them in the end.</param>
    /// <param name="weights">How much each number counts.</param>
    /// <param name="parts">Parts that sums are added up in, however many processors there are.</param>
    public static VectorStage Fit(float[] vectors, float[] weights, int dim, int count, int rounds, int parts)
    {
        var all = vectors.Length / dim;
        var stage = new VectorStage(First(vectors, weights, dim, count), dim);
        var codes = new int[all];
        Array.Fill(codes, -1);
        for (var round = 0; round < rounds && stage.Assign(vectors, weights, codes, parts) > 0; round++) stage = new(stage.Means(vectors, weights, codes, parts), dim);
        stage.Assign(vectors, weights, codes, parts);
        for (var v = 0; v < all; v++) for (var d = 0; d < dim; d++) vectors[v * dim + d] -= stage.Entries[codes[v] * dim + d];
        return stage;
    }

    /// <summary>The nearest entry of each vector.</summary>
    /// <returns>How many have another one than before.</returns>
    private int Assign(float[] vectors, float[] weights, int[] codes, int parts)
    {
        var moved = 0;
        Parallel.For(0, parts, part =>
        {
            var mine = 0;
            for (var v = (int)((long)codes.Length * part / parts); v < (long)codes.Length * (part + 1) / parts; v++)
            {
                var code = Nearest(vectors.AsSpan(v * dim, dim), weights.AsSpan(v * dim, dim));
                if (codes[v] != code) mine++;
                codes[v] = code;
            }
            Interlocked.Add(ref moved, mine);
        });
        return moved;
    }

    /// <summary>The weighted mean of the vectors of each entry, number by number; an entry of none stays.</summary>
    private float[] Means(float[] vectors, float[] weights, int[] codes, int parts)
    {
        var sums = new (double[] Sums, double[] Weights)[parts];
        Parallel.For(0, parts, part =>
        {
            var (sum, weight) = sums[part] = (new double[Entries.Length], new double[Entries.Length]);
            for (var v = (int)((long)codes.Length * part / parts); v < (long)codes.Length * (part + 1) / parts; v++)
                for (var d = 0; d < dim; d++)
                {
                    var (to, from) = (codes[v] * dim + d, v * dim + d);
                    sum[to] += (double)weights[from] * vectors[from];
                    weight[to] += weights[from];
                }
        });
        return [.. Enumerable.Range(0, Entries.Length).Select(i => sums.Sum(part => part.Weights[i]) is > 0 and var weight ? (float)(sums.Sum(part => part.Sums[i]) / weight) : Entries[i])];
    }

    /// <summary>Entries that are vectors far from one another (k-means++, Arthur and Vassilvitskii, 2007), drawn alike in every run.</summary>
    private static float[] First(float[] vectors, float[] weights, int dim, int count)
    {
        var (all, random) = (vectors.Length / dim, new Random(5));
        var (entries, far) = (new float[count * dim], new double[all]);
        if (all == 0) return entries;
        Array.Fill(far, double.PositiveInfinity);
        var next = random.Next(all);
        for (var e = 0; e < count; e++)
        {
            vectors.AsSpan(next * dim, dim).CopyTo(entries.AsSpan(e * dim));
            var sum = 0.0;
            for (var v = 0; v < all; v++)
            {
                var distance = 0.0;
                for (var d = 0; d < dim; d++) distance += weights[v * dim + d] * (vectors[v * dim + d] - entries[e * dim + d]) * (vectors[v * dim + d] - entries[e * dim + d]);
                sum += far[v] = Math.Min(far[v], distance);
            }
            // Where all vectors are entries already the rest repeat the last.
            if (sum <= 0) continue;
            var place = random.NextDouble() * sum;
            for (next = 0; next < all - 1 && (place -= far[next]) > 0; next++) { }
        }
        return entries;
    }
}
