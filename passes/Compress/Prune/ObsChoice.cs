using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Which numbers of some columns are dropped: those of least w² / [H⁻¹]_jj, by blocks or in each group.</summary>
internal sealed class ObsChoice(Sparse format, int run, int size, int rows)
{
    private readonly int inputs = format.Pattern switch { BlockPattern b => b.Inputs, RatioPattern r => r.Of, _ => 1 };
    private long chosen, offered;

    /// <summary>The end of a stretch of columns, moved on so that no block or group is cut.</summary>
    public int End(int column)
    {
        while (column < size && column % run % inputs != 0) column++;
        return column;
    }

    /// <param name="diagonal">Of the factor of the inverse, from the first of these columns on.</param>
    /// <summary>What is dropped of some columns, by row; null where groups decide as they are reached. So many blocks are kept that all columns together keep their share.</summary>
    public unsafe bool[][]? Blocks(double* work, double[] diagonal, int first, int end)
    {
        if (format.Pattern is not BlockPattern block) return null;
        // Blocks of these columns, numbered as they are met.
        var (unit, units) = (new int[end - first], 0);
        for (var c = first; c < end; c++) unit[c - first] = c > first && c % run % inputs != 0 ? units - 1 : units++;
        var down = (rows + block.Outputs - 1) / block.Outputs;
        var scores = new double[down * units];
        for (var r = 0; r < rows; r++)
            for (var c = first; c < end; c++)
            {
                var part = work[(long)r * size + c] / diagonal[c - first];
                scores[r / block.Outputs * units + unit[c - first]] += part * part;
            }
        offered += scores.Length;
        var keep = (int)Math.Clamp((long)Math.Round(format.Keep * offered) - chosen, 0, scores.Length);
        chosen += keep;
        var kept = new bool[scores.Length];
        foreach (var s in Enumerable.Range(0, scores.Length).OrderByDescending(s => scores[s]).Take(keep)) kept[s] = true;
        var dropped = new bool[rows][];
        for (var r = 0; r < rows; r++)
        {
            dropped[r] = new bool[end - first];
            for (var c = first; c < end; c++) dropped[r][c - first] = !kept[r / block.Outputs * units + unit[c - first]];
        }
        return dropped;
    }

    /// <summary>Decides for a group of a row where its first column is reached: what came before has changed the row by then.</summary>
    public unsafe void Group(double* row, double[] diagonal, int column, int first, bool[] dropped)
    {
        if (format.Pattern is not RatioPattern ratio || column % run % ratio.Of != 0) return;
        var end = Math.Min(column - column % run + run, column + ratio.Of);
        var scores = new double[end - column];
        for (var c = column; c < end; c++) scores[c - column] = Math.Pow(row[c] / diagonal[c - first], 2);
        foreach (var c in Enumerable.Range(0, scores.Length).OrderByDescending(c => scores[c]).Skip(ratio.Count)) dropped[column - first + c] = true;
    }
}
