using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// Column after column is rounded, and what that does to the output is made up for by the columns that follow. Frantar and others, GPTQ: Accurate
/// Post-Training Quantization for Generative Pre-trained Transformers, 2023: ŵ_j nearest to w_j, then w_j+1.. -= (w_j - ŵ_j) / U_jj · U_j,j+1.., with UᵀU = (H + λI)⁻¹.
/// </summary>
internal sealed class GptqRounding : Rounding
{
    /// <summary>Columns whose errors are carried to the rest together.</summary>
    private const int Block = 128;

    public override Choice Choose(Layer layer, Quantize options)
    {
        var (codes, grids) = (new int[layer.Numbers.Length], new Grid[layer.Partition.Count(layer.Shape)]);
        var shared = GroupColumns.Of(layer, 0) is null;
        // Grids of several rows are those of the numbers as they were.
        if (shared) grids = layer.Format.Choose(layer.Numbers, layer.Importance(), layer.Shape).Grids;
        foreach (var (group, rows) in layer.RowGroups) Choose(layer, options, rows, layer.Hessian(group), codes, grids, shared);
        return new(codes, grids);
    }

    private static unsafe void Choose(Layer layer, Quantize options, int[] rows, double[] hessian, int[] codes, Grid[] grids, bool shared)
    {
        var (matrix, size) = (layer.Matrix!, layer.Matrix!.Columns);
        int[] order = [.. Enumerable.Range(0, size)];
        if (options.ActOrder) order = [.. order.OrderByDescending(c => hessian[(long)c * size + c])];
        var feedback = Feedback(hessian, size, order, options.Damping, layer);
        var columns = GroupColumns.Of(layer, rows[0]);
        var place = new int[size];
        for (var j = 0; j < size; j++) place[order[j]] = j;
        var work = new double[(long)rows.Length * size];
        for (var r = 0; r < rows.Length; r++) for (var j = 0; j < size; j++) work[(long)r * size + j] = layer.Numbers[matrix.Row[rows[r]] + matrix.Column[order[j]]];
        var errors = new double[(long)Block * rows.Length];
        fixed (double* w = work, u = feedback, e = errors)
        {
            for (var first = 0; first < size; first += Block)
            {
                var (start, end) = (first, Math.Min(size, first + Block));
                nint pw = (nint)w, pu = (nint)u, pe = (nint)e;
                Parallel.For(0, rows.Length, r =>
                {
                    double* row = (double*)pw + (long)r * size, e = (double*)pe;
                    for (var j = start; j < end; j++)
                    {
                        var at = matrix.Row[rows[r]] + matrix.Column[order[j]];
                        var id = shared ? layer.Partition.Of(layer.Shape, at) : columns!.Id(layer, rows[r], columns.OfColumn[order[j]]);
                        var grid = grids[id] ??= Fit(id, columns!.Columns[columns.OfColumn[order[j]]], row);
                        var code = codes[at] = grid.Nearest((float)row[j]);
                        var next = (double*)pu + (long)j * size;
                        var error = (row[j] - grid[code]) / next[j];
                        e[(j - start) * (long)rows.Length + r] = error;
                        for (var t = j + 1; t < end; t++) row[t] -= error * next[t];
                    }
                });
                if (end < size) Products.Add(e, rows.Length, u + (long)first * size + end, size, w + end, size, rows.Length, size - end, end - first, -1);
            }
        }

        Grid Fit(int group, int[] members, double* row)
        {
            var (numbers, importance) = (new float[members.Length], new float[members.Length]);
            for (var i = 0; i < members.Length; i++) (numbers[i], importance[i]) = ((float)row[place[members[i]]], (float)hessian[(long)members[i] * size + members[i]]);
            return layer.Fit(group, numbers, importance);
        }
    }

    /// <summary>U, upper triangular, with UᵀU the inverse of H + λI, its columns in order. With J turning the order round and L·Lᵀ = J(H + λI)J it is J·L⁻¹·J.</summary>
    /// <param name="damping">λ as a share of the mean of H's diagonal; ten times as much where H is not positive then.</param>
    internal static double[] Feedback(double[] hessian, int size, int[] order, double damping, MeasuredLayer layer)
    {
        var mean = 0.0;
        for (var i = 0; i < size; i++) mean += hessian[(long)i * size + i] / size;
        for (var share = damping; share <= 10; share = Math.Max(share * 10, 1e-4))
        {
            var turned = new double[hessian.Length];
            for (var i = 0; i < size; i++)
            {
                var from = (long)order[size - 1 - i] * size;
                for (var j = 0; j <= i; j++) turned[(long)i * size + j] = hessian[from + order[size - 1 - j]];
                turned[(long)i * size + i] += mean > 0 ? share * mean : 1;
            }
            if (!Cholesky.Factor(turned, size)) continue;
            var inverse = Cholesky.Inverse(turned, size);
            Array.Reverse(inverse);
            return inverse;
        }
        throw new DiagnosticException([new("LT3221", $"quantize: what {layer.Use.Weight} is multiplied by has no usable Gram matrix", layer.Use.Node.Result.Name, "more calibration data, or damping=0.1")]);
    }
}
