using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>One weight whose codes are to be chosen in a format with a grid for each group.</summary>
internal sealed class Layer(WeightUse use, Grouped format, float[] numbers, Calibration? calibration) : MeasuredLayer(use, numbers, calibration)
{
    public Grouped Format => format;

    public Partition Partition { get; } = format.Partition(use.Weight.Type.Shape);

    /// <summary>Fits the grid of a group, what all groups share chosen by all of the weight.</summary>
    public Grouped.Fitting Fit => field ??= format.Fitter(Numbers, Importance(), Shape);
}

/// <summary>One weight that is to be stored otherwise: its numbers, and what it is multiplied by.</summary>
internal class MeasuredLayer
{
    private readonly Gram? gram;
    private readonly int[] gramOfRow;

    public MeasuredLayer(WeightUse use, float[] numbers, Calibration? calibration)
    {
        (Use, Numbers, Matrix) = (use, numbers, WeightMatrix.Of(use));
        var unfolding = Matrix is null || calibration is null || calibration.Grams.Count == 0 ? null : Unfolding.Of(use);
        gram = unfolding is null ? null : calibration!.Grams.GetValueOrDefault(unfolding.Key);
        if (gram is not null && gram.Counts.Any(n => n == 0)) gram = null;
        gramOfRow = gram is null ? [] : unfolding!.GroupOfRow;
    }

    public WeightUse Use { get; }

    /// <summary>In the weight's own order.</summary>
    public float[] Numbers { get; }

    /// <summary>Null where the weight is a table of rows.</summary>
    public WeightMatrix? Matrix { get; }

    public Seq<Expr> Shape => Use.Weight.Type.Shape;

    /// <summary>Whether it is known what the weight is multiplied by.</summary>
    public bool IsCalibrated => gram is not null;

    /// <summary>Columns that are known of what data showed, at the least: all that were seen, or where there are too many numbers in one for a matrix those that were kept.</summary>
    public long Samples => gram?.Known ?? 0;

    /// <summary>Rows that are multiplied by the same columns; all of them where nothing is known.</summary>
    public IEnumerable<(int Group, int[] Rows)> RowGroups => gram is null ? [(0, [.. Enumerable.Range(0, Matrix!.Rows)])]
        : Enumerable.Range(0, Matrix!.Rows).GroupBy(r => gramOfRow[r]).OrderBy(g => g.Key).Select(g => (g.Key, g.ToArray()));

    /// <summary>E[x·xᵀ] of a group of rows, in the matrix's order of columns.</summary>
    public double[] Hessian(int group) => gram!.Matrix(group);

    /// <summary>Columns of a group of rows, one after another, where there are too many numbers in one for a matrix; null where there is one.</summary>
    public double[]? Sample(int group) => gram!.IsWhole ? null : gram.Columns(group);

    /// <summary>E[x] of a row's columns.</summary>
    public double[] Mean(int row) => gram!.Mean(gramOfRow[row]);

    /// <summary>E[x²] of what each number is multiplied by, in the weight's own order; empty where nothing is known.</summary>
    public float[] Importance()
    {
        if (gram is null) return [];
        var all = new float[Numbers.Length];
        foreach (var (group, rows) in RowGroups)
        {
            var diagonal = gram.Diagonal(group);
            foreach (var r in rows) for (var c = 0; c < diagonal.Length; c++) all[Matrix!.Row[r] + Matrix.Column[c]] = (float)diagonal[c];
        }
        return all;
    }

    /// <summary>tr(D·H·Dᵀ) over rows, for each row: D the rows of a matrix.</summary>
    public static unsafe double[] Energy(double[] matrix, int rows, double[] hessian, int columns)
    {
        var (across, product, energy) = (new double[matrix.Length], new double[matrix.Length], new double[rows]);
        for (var r = 0; r < rows; r++) for (var c = 0; c < columns; c++) across[(long)c * rows + r] = matrix[(long)r * columns + c];
        fixed (double* a = across, h = hessian, p = product) Products.Add(a, rows, h, columns, p, columns, rows, columns, columns, 1);
        for (var r = 0; r < rows; r++) for (var c = 0L; c < columns; c++) energy[r] += product[r * columns + c] * matrix[r * columns + c];
        return energy;
    }

    /// <summary>The same from columns that H is the mean of: Σ|D·x|² / n.</summary>
    public static unsafe double[] Energy(double[] matrix, int rows, int columns, double[] sample)
    {
        var (count, energy) = (sample.Length / columns, new double[rows]);
        var (across, along, product) = (new double[matrix.Length], new double[sample.Length], new double[(long)rows * count]);
        for (var r = 0; r < rows; r++) for (var c = 0; c < columns; c++) across[(long)c * rows + r] = matrix[(long)r * columns + c];
        for (var s = 0; s < count; s++) for (var c = 0; c < columns; c++) along[(long)c * count + s] = sample[(long)s * columns + c];
        fixed (double* a = across, x = along, p = product) Products.Add(a, rows, x, count, p, count, rows, count, columns, 1);
        for (var r = 0; r < rows; r++) for (var s = 0L; s < count; s++) energy[r] += product[r * count + s] * product[r * count + s] / count;
        return energy;
    }

    /// <summary>tr((W-Ŵ)H(W-Ŵ)ᵀ) over tr(WHWᵀ): the mean square of the layer's output error over that of its output; null where H is not known.</summary>
    public double? OutputError(float[] after)
    {
        if (gram is null) return null;
        double off = 0, whole = 0;
        foreach (var (group, rows) in RowGroups)
        {
            var sample = Sample(group);
            var h = sample is null ? Hessian(group) : null;
            double All(Func<int, double> number) => (h is null ? Energy(Rows(rows, number), rows.Length, Matrix!.Columns, sample!) : Energy(Rows(rows, number), rows.Length, h, Matrix!.Columns)).Sum();
            off += All(place => after[place] - (double)Numbers[place]);
            whole += All(place => Numbers[place]);
        }
        return whole <= 0 ? 0 : off / whole;
    }

    /// <summary>Some rows as a matrix of what <paramref name="number"/> says of each place.</summary>
    public double[] Rows(int[] rows, Func<int, double> number)
    {
        var all = new double[(long)rows.Length * Matrix!.Columns];
        for (var r = 0; r < rows.Length; r++) for (var c = 0; c < Matrix.Columns; c++) all[(long)r * Matrix.Columns + c] = number(Matrix.Row[rows[r]] + Matrix.Column[c]);
        return all;
    }
}
