using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// Weights of which a few numbers are kept apart: those that cost most in few bits are taken out first, then the rest gets its codes by any method. What is kept is what
/// codes leave, and where data show what the weight is multiplied by, the numbers for which the output's error is least with those codes.
/// </summary>
internal static class OutlierWeights
{
    /// <summary>The planes, and the numbers that they stand for.</summary>
    /// <param name="layer">The weight as it is.</param>
    /// <param name="apart">Its format, <paramref name="placed"/> that of the rest.</param>
    public static (Seq<Bytes> Planes, float[] After) Choose(Layer layer, Outliers apart, Grouped placed, Quantize options, QuantizeMethod method, Calibration? calibration)
    {
        var columns = apart.Split(layer.Numbers, layer.Importance(), layer.Shape)[0];
        var (left, spots) = (layer.Numbers.ToArray(), apart.Spots(columns, layer.Shape));
        foreach (var spot in spots) left[spot] = 0;
        var rest = new Layer(layer.Use, placed, left, calibration);
        var choice = Rounding.Of(method).Choose(rest, options);
        var after = choice.Numbers(rest);
        float[] kept = [.. spots.Select(spot => layer.Numbers[spot] - after[spot])];
        if (layer.IsCalibrated) MakeUp(layer, after, kept, columns, options.Damping);
        var factors = apart.Pack([columns, kept], [], layer.Shape);
        foreach (var (i, number) in apart.Multiplied(factors, layer.Shape).Index()) after[i] += number;
        return ([.. factors, .. choice.Planes(rest)], after);
    }

    /// <summary>Moves what is kept so that the output is least off: with S the places kept of a row and E what it is off by, H_SS·δ = -(H·E)_S.</summary>
    private static void MakeUp(Layer layer, float[] after, float[] kept, float[] columns, double damping)
    {
        // A row of the matrix is an output, and what is kept lies output after output.
        var (matrix, count) = (layer.Matrix!, columns.Length / layer.Matrix!.Rows);
        foreach (var (group, rows) in layer.RowGroups)
        {
            var (hessian, size, damp) = (layer.Hessian(group), matrix.Columns, 0.0);
            for (var c = 0; c < size; c++) damp += damping * hessian[(long)c * size + c] / size;
            Parallel.ForEach(rows, row =>
            {
                int[] places = [.. columns.Skip(row * count).Take(count).Select(column => (int)column)];
                var off = new double[size];
                for (var c = 0; c < size; c++) off[c] = after[matrix.Row[row] + matrix.Column[c]] - (double)layer.Numbers[matrix.Row[row] + matrix.Column[c]];
                for (var i = 0; i < count; i++) off[places[i]] += kept[row * count + i];
                Solve(hessian, size, places, off, damp, (i, step) => kept[row * count + i] += (float)step);
            });
        }
    }

    private static void Solve(double[] hessian, int size, int[] places, double[] off, double damp, Action<int, double> moved)
    {
        var (count, lower, right) = (places.Length, new double[places.Length * places.Length], new double[places.Length]);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++) lower[i * count + j] = hessian[(long)places[i] * size + places[j]] + (i == j ? damp : 0);
            for (var c = 0; c < size; c++) right[i] -= hessian[(long)places[i] * size + c] * off[c];
        }
        if (!Cholesky.Factor(lower, count)) return;
        Cholesky.Solve(lower, right);
        for (var i = 0; i < count; i++) moved(i, right[i]);
    }
}
