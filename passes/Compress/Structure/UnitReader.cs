using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>A weight that sums over units: what dropping some of its columns costs its output, and what is best in place of the rest.</summary>
/// <remarks>Columns x have mean m and covariance C. Kept columns K take over from those dropped, R: Ŵ_K = W_K + W_R·C_RK·(C_KK + λI)⁻¹, and the output is moved by (W - Ŵ)·m.
/// He and others, Channel Pruning (2017); Nova and others, Gradient-free structured pruning with unlabeled data (2023); Bai and others, Unified Data-Free Compression (2023).</remarks>
internal sealed class UnitReader
{
    private readonly double damping;
    private readonly double[][] covariance, mean;
    private readonly (int Group, int[] Rows)[] groups;

    /// <param name="numbers">Of the weight, in its own order.</param>
    /// <param name="damping">λ as a share of the mean of C's diagonal.</param>
    public UnitReader(WeightUse use, float[] numbers, Calibration? calibration, double damping)
    {
        (Layer, this.damping) = (new(use, numbers, calibration), damping);
        groups = [.. Layer.RowGroups];
        var size = Layer.Matrix.Columns;
        mean = [.. groups.Select(g => IsCentred ? Layer.Mean(g.Rows[0]) : new double[size])];
        covariance = [.. groups.Select((g, i) => Centred(Layer.IsCalibrated ? Layer.Hessian(g.Group) : Identity(size), mean[i]))];
        Energy = Math.Max(double.Epsilon, groups.Index().Sum(g => Passes.Layer.Energy(Weights(g.Item.Rows), g.Item.Rows.Length, Plain(g.Index), size).Sum()));
    }

    public PruneLayer Layer { get; }

    /// <summary>Mean square of its output, summed over rows.</summary>
    public double Energy { get; }

    /// <summary>Whether its output may be moved by a constant for each row.</summary>
    public bool IsCentred => Layer.IsCalibrated && WeightMatrix.Read(Layer.Use) is { } read && WeightMatrix.Axes(Layer.Use, read, summed: false).Count == 1;

    /// <summary>The columns of places along an axis of the weight.</summary>
    public int[] Columns(AxisPlaces places)
    {
        var shape = Layer.Shape;
        var (stride, extent, at) = (shape.Skip(places.Axis + 1).Aggregate(1L, (size, e) => size * e.Whole), shape[places.Axis].Whole, places.At.ToHashSet());
        return [.. Enumerable.Range(0, Layer.Matrix.Columns).Where(c => at.Contains((int)(Layer.Matrix.Column[c] / stride % extent)))];
    }

    /// <summary>For each set of columns, the mean square of what it adds to the output, as a share: how much is lost where nothing makes up for it.</summary>
    /// <param name="weighted">Whether by what they are multiplied by; else as if that were of one size.</param>
    public double[] Parts(IReadOnlyList<int[]> sets, bool weighted)
    {
        var (parts, whole) = (new double[sets.Count], 0.0);
        foreach (var (g, (_, rows)) in groups.Index())
        {
            var (size, weights) = (Layer.Matrix.Columns, Weights(rows));
            var columns = new double[size];
            for (var r = 0; r < rows.Length; r++) for (var c = 0; c < size; c++) columns[c] += Math.Pow(weights[(long)r * size + c], 2);
            if (weighted) for (var c = 0; c < size; c++) columns[c] *= covariance[g][(long)c * size + c] + mean[g][c] * mean[g][c];
            whole += columns.Sum();
            for (var s = 0; s < sets.Count; s++) foreach (var c in sets[s]) parts[s] += columns[c];
        }
        return [.. parts.Select(p => whole == 0 ? 0 : p / whole)];
    }

    /// <summary>For each set of columns that is left, what the output loses where it goes too and the rest makes up for it as well as it can: tr(W_u·[C⁻¹_uu]⁻¹·W_uᵀ), as a share.</summary>
    public double[] Losses(IReadOnlyList<int[]> sets, IReadOnlySet<int> gone)
    {
        var losses = new double[sets.Count];
        foreach (var (g, (_, rows)) in groups.Index())
        {
            var (kept, inverse) = (Kept(gone), Inverse(g, gone));
            var (place, weights) = (kept.Index().ToDictionary(p => p.Item, p => p.Index), Solved(g, gone, inverse).Weights);
            Parallel.For(0, sets.Count, s =>
            {
                int[] mine = [.. sets[s].Where(place.ContainsKey).Select(c => place[c])];
                if (mine.Length == 0) return;
                var block = new double[mine.Length * mine.Length];
                for (var i = 0; i < mine.Length; i++) for (var j = 0; j < mine.Length; j++) block[i * mine.Length + j] = inverse[(long)mine[i] * kept.Length + mine[j]];
                var part = new double[rows.Length * mine.Length];
                for (var r = 0; r < rows.Length; r++) for (var j = 0; j < mine.Length; j++) part[r * mine.Length + j] = weights[(long)r * kept.Length + mine[j]];
                if (!Cholesky.Factor(block, mine.Length)) return;
                // |L⁻¹·w|² of each row.
                var lower = Cholesky.Inverse(block, mine.Length);
                var loss = 0.0;
                for (var r = 0; r < rows.Length; r++)
                    for (var i = 0; i < mine.Length; i++)
                    {
                        var sum = 0.0;
                        for (var j = 0; j <= i; j++) sum += lower[i * mine.Length + j] * part[r * mine.Length + j];
                        loss += sum * sum;
                    }
                lock (losses) losses[s] += loss / Energy;
            });
        }
        return losses;
    }

    /// <summary>The weight without some columns.</summary>
    /// <param name="solve">Whether those that are left take over; else they stay as they are.</param>
    /// <returns>Numbers in the weight's own order, 0 in what is gone; what is to be added to each row's output; the error of the output as a share of its mean square.</returns>
    public (float[] Numbers, double[] Shift, double Error) Without(IReadOnlySet<int> gone, bool solve)
    {
        var (numbers, shift, error, matrix, kept) = ((float[])Layer.Numbers.Clone(), new double[Layer.Matrix.Rows], 0.0, Layer.Matrix, Kept(gone));
        foreach (var (g, (_, rows)) in groups.Index())
        {
            var (before, after) = (Weights(rows), solve ? Solved(g, gone, Inverse(g, gone)).Weights : null);
            var (size, change) = (matrix.Columns, new double[before.Length]);
            for (var r = 0; r < rows.Length; r++)
            {
                for (var c = 0; c < size; c++) numbers[matrix.Row[rows[r]] + matrix.Column[c]] = gone.Contains(c) ? 0 : numbers[matrix.Row[rows[r]] + matrix.Column[c]];
                if (after is not null) for (var k = 0; k < kept.Length; k++) numbers[matrix.Row[rows[r]] + matrix.Column[kept[k]]] = (float)after[(long)r * kept.Length + k];
                for (var c = 0; c < size; c++)
                {
                    change[(long)r * size + c] = numbers[matrix.Row[rows[r]] + matrix.Column[c]] - before[(long)r * size + c];
                    if (solve) shift[rows[r]] -= change[(long)r * size + c] * mean[g][c];
                }
            }
            error += Passes.Layer.Energy(change, rows.Length, solve ? covariance[g] : Plain(g), size).Sum();
        }
        return (numbers, shift, error / Energy);
    }

    /// <summary>The error that a replacement has: of other data, where this was made with other data.</summary>
    public double Error(float[] numbers, double[] shift)
    {
        var (error, matrix) = (0.0, Layer.Matrix);
        foreach (var (g, (_, rows)) in groups.Index())
        {
            var change = Layer.Rows(rows, place => numbers[place] - (double)Layer.Numbers[place]);
            error += Passes.Layer.Energy(change, rows.Length, covariance[g], matrix.Columns).Sum();
            for (var r = 0; r < rows.Length; r++)
            {
                var bias = shift[rows[r]];
                for (var c = 0; c < matrix.Columns; c++) bias += change[(long)r * matrix.Columns + c] * mean[g][c];
                error += bias * bias;
            }
        }
        return error / Energy;
    }

    private double[] Weights(int[] rows) => Layer.Rows(rows, place => Layer.Numbers[place]);

    private int[] Kept(IReadOnlySet<int> gone) => [.. Enumerable.Range(0, Layer.Matrix.Columns).Where(c => !gone.Contains(c))];

    /// <summary>W_K + W_R·C_RK·(C_KK + λI)⁻¹, row by row.</summary>
    private unsafe (double[] Weights, int[] Kept) Solved(int group, IReadOnlySet<int> gone, double[] inverse)
    {
        var (rows, size, kept, dropped) = (groups[group].Rows, Layer.Matrix.Columns, Kept(gone), gone.Order().ToArray());
        double[] weights = Weights(rows), left = new double[(long)rows.Length * kept.Length];
        for (var r = 0; r < rows.Length; r++) for (var k = 0; k < kept.Length; k++) left[(long)r * kept.Length + k] = weights[(long)r * size + kept[k]];
        if (dropped.Length == 0) return (left, kept);
        // Columns of rows, as products take them: across[t, r] = Σ over R of C_tR·W_rR.
        double[] lost = new double[(long)dropped.Length * rows.Length], cross = new double[(long)dropped.Length * kept.Length], across = new double[(long)kept.Length * rows.Length];
        for (var d = 0; d < dropped.Length; d++)
        {
            for (var r = 0; r < rows.Length; r++) lost[(long)d * rows.Length + r] = weights[(long)r * size + dropped[d]];
            for (var k = 0; k < kept.Length; k++) cross[(long)d * kept.Length + k] = covariance[group][(long)dropped[d] * size + kept[k]];
        }
        fixed (double* l = lost, c = cross, a = across, i = inverse, w = left)
        {
            Products.Add(c, kept.Length, l, rows.Length, a, rows.Length, kept.Length, rows.Length, dropped.Length, 1);
            Products.Add(a, rows.Length, i, kept.Length, w, kept.Length, rows.Length, kept.Length, kept.Length, 1);
        }
        return (left, kept);
    }

    /// <summary>(C_KK + λI)⁻¹.</summary>
    private unsafe double[] Inverse(int group, IReadOnlySet<int> gone)
    {
        var (size, kept, all) = (Layer.Matrix.Columns, Kept(gone), covariance[group]);
        var trace = 0.0;
        foreach (var k in kept) trace += all[(long)k * size + k];
        for (var share = damping; ; share = Math.Max(share * 10, 1e-6))
        {
            var some = new double[(long)kept.Length * kept.Length];
            for (var i = 0; i < kept.Length; i++)
            {
                for (var j = 0; j <= i; j++) some[(long)i * kept.Length + j] = all[(long)kept[i] * size + kept[j]];
                some[(long)i * kept.Length + i] += trace > 0 ? share * trace / kept.Length : 1;
            }
            if (!Cholesky.Factor(some, kept.Length)) continue;
            var (lower, inverse) = (Cholesky.Inverse(some, kept.Length), new double[some.Length]);
            fixed (double* l = lower, to = inverse) Products.Add(l, kept.Length, l, kept.Length, to, kept.Length, kept.Length, kept.Length, kept.Length, 1);
            return inverse;
        }
    }

    /// <summary>C + m·mᵀ.</summary>
    private double[] Plain(int group) => Centred(covariance[group], mean[group], 1);

    private static double[] Centred(double[] matrix, double[] mean, double sign = -1)
    {
        var (size, result) = (mean.Length, (double[])matrix.Clone());
        for (var i = 0; i < size; i++) for (var j = 0; j < size; j++) result[(long)i * size + j] += sign * mean[i] * mean[j];
        return result;
    }

    private static double[] Identity(int size)
    {
        var matrix = new double[(long)size * size];
        for (var i = 0; i < size; i++) matrix[(long)i * size + i] = 1;
        return matrix;
    }
}
