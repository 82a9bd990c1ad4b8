using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>
/// Column after column, what the columns that follow can make up for best is dropped, and they do make up for it: w_j+1.. -= w_j / U_jj · U_j,j+1.., with
/// UᵀU = (H + λI)⁻¹. Frantar and Alistarh, SparseGPT (2023); blocks as in Kurtic and others, The Optimal BERT Surgeon (2022).
/// </summary>
internal sealed class ObsPruning : Pruning
{
    /// <summary>Columns whose choice is made, and whose errors are carried to the rest, together.</summary>
    private const int Block = 128;

    /// <summary>Whether the rows of each block read the same numbers, as they must: not where a grouped convolution has other groups than blocks.</summary>
    public static bool Suits(PruneLayer layer, Sparse format) =>
        format.Pattern is not BlockPattern block || layer.RowGroups.ToList() is var groups && (groups.Count == 1 || groups.TrueForAll(g => g.Rows.Length % block.Outputs == 0));

    public override float[] Prune(PruneLayer layer, Sparse format, Prune options)
    {
        var result = new float[layer.Numbers.Length];
        foreach (var (group, rows) in layer.RowGroups) Prune(layer, format, options, rows, Factor(layer, group, options.Damping), result);
        return result;
    }

    /// <summary>What carries errors on: of the whole Gram matrix, or of columns where it does not fit.</summary>
    private static IInverseRows Factor(PruneLayer layer, int group, double damping)
    {
        var size = layer.Matrix.Columns;
        IInverseRows? found = layer.Sample(group) is { } columns ? Array.TrueForAll(columns, double.IsFinite) ? new SampledInverse(columns, size, damping) : null
            : InverseFactor.Of(layer.Hessian(group), size, damping) is { } whole ? new WholeInverse(whole, size) : null;
        return found ?? throw new DiagnosticException([new("LT3221", $"prune: what {layer.Use.Weight} is multiplied by has no usable Gram matrix", layer.Use.Node.Result.Name, "more calibration data, or damping=0.1")]);
    }

    private static unsafe void Prune(PruneLayer layer, Sparse format, Prune options, int[] rows, IInverseRows factor, float[] result)
    {
        var (matrix, size, count) = (layer.Matrix, layer.Matrix.Columns, rows.Length);
        var work = new double[(long)count * size];
        for (var r = 0; r < count; r++) for (var c = 0; c < size; c++) work[(long)r * size + c] = layer.Numbers[matrix.Row[rows[r]] + matrix.Column[c]];
        var choice = new ObsChoice(format, layer.Run, size, count);
        fixed (double* w = work)
        {
            for (var (first, end) = (0, 0); first < size; first = end)
            {
                end = choice.End(Math.Min(size, first + Block));
                var (start, stop) = (first, end);
                var (errors, across) = (new double[(long)(end - first) * count], size - first);
                var feedback = factor.Rows(start, stop);
                double[] diagonal = [.. Enumerable.Range(0, stop - start).Select(c => feedback[(long)c * across + c])];
                var dropped = choice.Blocks(w, diagonal, start, stop);
                fixed (double* e = errors, u = feedback)
                {
                    nint pw = (nint)w, pu = (nint)u, pe = (nint)e;
                    Parallel.For(0, count, r =>
                    {
                        double* row = (double*)pw + (long)r * size, e = (double*)pe;
                        var mine = dropped is null ? new bool[stop - start] : dropped[r];
                        for (var c = start; c < stop; c++)
                        {
                            if (dropped is null) choice.Group(row, diagonal, c, start, mine);
                            if (!mine[c - start]) continue;
                            var next = (double*)pu + (long)(c - start) * across;
                            var error = row[c] / next[c - start];
                            e[(c - start) * (long)count + r] = error;
                            for (var t = c + 1; t < stop; t++) row[t] -= error * next[t - start];
                            row[c] = 0;
                        }
                    });
                    if (end < size) Products.Add(e, count, u + (end - first), across, w + end, size, count, size - end, end - first, -1);
                }
            }
        }
        for (var r = 0; r < count; r++) for (var c = 0; c < size; c++) result[matrix.Row[rows[r]] + matrix.Column[c]] = (float)work[(long)r * size + c];
    }
}
