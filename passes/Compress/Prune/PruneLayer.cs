using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>One weight of which some numbers are to be dropped: its numbers, as a matrix, and what it is multiplied by.</summary>
/// <param name="numbers">Null: as they are stored, read once they are asked for.</param>
internal sealed class PruneLayer(WeightUse use, float[]? numbers, Calibration? calibration)
{
    private Layer Layer => field ??= new(Use, new Uniform(new Code(true, 8), Use.Output), Numbers, calibration);

    public WeightUse Use => use;

    /// <summary>The same weight with other numbers.</summary>
    /// <param name="seen">Of the graph that has them; null: what was known stays.</param>
    public PruneLayer With(float[] others, Calibration? seen) => new(Use, others, seen ?? calibration);

    /// <summary>The same weight, for somebody who is done with it soon: what is read of it is not kept here.</summary>
    public PruneLayer Apart() => new(Use, numbers, calibration);

    /// <summary>In the weight's own order.</summary>
    public float[] Numbers => field ??= numbers ?? Use.Weight.Planes[0].ToArray<float>();

    public Seq<Expr> Shape => Use.Weight.Type.Shape;

    public WeightMatrix Matrix => Layer.Matrix!;

    /// <summary>Whether it is known what the weight is multiplied by, and rows are its outputs.</summary>
    public bool IsCalibrated => Layer.IsCalibrated && Matrix.Rows == Shape[Use.Output].Whole;

    public long Samples => Layer.Samples;

    /// <summary>Columns of the input axis that follow one another.</summary>
    public int Run => (int)Shape[Use.Input].Whole;

    public IEnumerable<(int Group, int[] Rows)> RowGroups => Layer.RowGroups;

    public double[] Hessian(int group) => Layer.Hessian(group);

    public double[]? Sample(int group) => Layer.Sample(group);

    public double[] Mean(int row) => Layer.Mean(row);

    /// <summary>E[x²] of what each number is multiplied by, in the weight's own order; empty where nothing is known.</summary>
    public float[] Importance() => Layer.Importance();

    public double? OutputError(float[] after) => Layer.OutputError(after);

    /// <summary>Some rows as a matrix of what <paramref name="number"/> says of each place.</summary>
    public double[] Rows(int[] rows, Func<int, double> number) => Layer.Rows(rows, number);

    /// <summary>The numbers that a mask keeps, the rest 0.</summary>
    public float[] Kept(bool[] mask) => [.. Numbers.Select((number, i) => mask[i] ? number : 0)];
}
