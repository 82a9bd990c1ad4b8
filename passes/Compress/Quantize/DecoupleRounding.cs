using System.Numerics;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Codes and scales in turns: with scales held, each number goes to the code where the output's error is least, the others held (coordinate descent); with
/// codes held, each group's scale is the least-squares one. Guo and others, decoupleQ: Towards 2-bit Post-Training Uniform Quantization, 2024. Starts from GPTQ's codes.
/// </summary>
internal sealed class DecoupleRounding : Rounding
{
    private const int Turns = 4, Sweeps = 4;

    public override Choice Choose(Layer layer, Quantize options)
    {
        var start = new GptqRounding().Choose(layer, options);
        var (codes, grids) = ((int[])start.Codes.Clone(), (Grid[])start.Grids.Clone());
        foreach (var (group, rows) in layer.RowGroups)
        {
            var (hessian, columns) = (layer.Hessian(group), GroupColumns.Of(layer, rows[0]));
            var damp = 0.0;
            for (var c = 0; c < layer.Matrix!.Columns; c++) damp += options.Damping * hessian[(long)c * layer.Matrix.Columns + c] / layer.Matrix.Columns;
            for (var c = 0; c < layer.Matrix.Columns; c++) hessian[(long)c * layer.Matrix.Columns + c] += damp;
            Parallel.ForEach(rows, row => Improve(layer, row, hessian, columns, codes, grids));
        }
        return new(codes, grids);
    }

    private static void Improve(Layer layer, int row, double[] hessian, GroupColumns? columns, int[] codes, Grid[] grids)
    {
        var (matrix, size) = (layer.Matrix!, layer.Matrix!.Columns);
        int Place(int c) => matrix.Row[row] + matrix.Column[c];
        var id = new int[size];
        for (var c = 0; c < size; c++) id[c] = columns is null ? layer.Partition.Of(layer.Shape, Place(c)) : columns.Id(layer, row, columns.OfColumn[c]);
        // The gradient of half the error, (ŵ - w)·H.
        var (number, gradient) = (new double[size], new double[size]);
        for (var c = 0; c < size; c++)
        {
            number[c] = grids[id[c]][codes[Place(c)]];
            Move(gradient, hessian, c, number[c] - layer.Numbers[Place(c)]);
        }
        for (var turn = 0; turn < Turns; turn++)
        {
            var moved = 0;
            for (var sweep = 0; sweep < Sweeps && (sweep == 0 || moved > 0); sweep++)
            {
                moved = 0;
                for (var c = 0; c < size; c++)
                {
                    var curvature = hessian[(long)c * size + c];
                    if (curvature <= 0) continue;
                    var grid = grids[id[c]];
                    var code = grid.Nearest((float)(number[c] - gradient[c] / curvature));
                    if (code == codes[Place(c)]) continue;
                    var step = grid[code] - number[c];
                    // Of a tie, and of a grid that is not even, the old code stays unless the new one is better.
                    if (step * (2 * gradient[c] + step * curvature) >= 0) continue;
                    (codes[Place(c)], number[c], moved) = (code, grid[code], moved + 1);
                    Move(gradient, hessian, c, step);
                }
            }
            if (columns is null || !Rescale()) break;
        }

        bool Rescale()
        {
            var changed = false;
            foreach (var members in columns!.Columns)
            {
                double slope = 0, curvature = 0;
                foreach (var a in members)
                {
                    slope += number[a] * gradient[a];
                    foreach (var b in members) curvature += number[a] * number[b] * hessian[(long)a * size + b];
                }
                if (curvature <= 0 || layer.Format.Scaled(grids[id[members[0]]], (float)(1 - slope / curvature)) is not { } grid) continue;
                var steps = members.Select(c => grid[codes[Place(c)]] - number[c]).ToArray();
                var gain = 0.0;
                for (var a = 0; a < steps.Length; a++)
                {
                    gain += 2 * steps[a] * gradient[members[a]];
                    for (var b = 0; b < steps.Length; b++) gain += steps[a] * steps[b] * hessian[(long)members[a] * size + members[b]];
                }
                if (gain >= -1e-12 * Math.Abs(curvature)) continue; // rounded to how it is stored, it is no better
                (grids[id[members[0]]], changed) = (grid, true);
                for (var a = 0; a < steps.Length; a++)
                {
                    number[members[a]] += steps[a];
                    Move(gradient, hessian, members[a], steps[a]);
                }
            }
            return changed;
        }
    }

    private static void Move(double[] gradient, double[] hessian, int column, double step)
    {
        if (step == 0) return;
        var from = hessian.AsSpan(checked(column * gradient.Length), gradient.Length);
        var (width, c) = (Vector<double>.Count, 0);
        for (; c + width <= gradient.Length; c += width) (new Vector<double>(gradient, c) + new Vector<double>(from[c..]) * step).CopyTo(gradient, c);
        for (; c < gradient.Length; c++) gradient[c] += from[c] * step;
    }
}
