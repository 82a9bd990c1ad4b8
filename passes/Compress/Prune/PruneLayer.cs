using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>One weight of which some numbers are to be dropped: its numbers, as a matrix, and what it is multiplied by.</summary>
internal sealed class PruneLayer
{
    private readonly Layer layer;
    private readonly Calibration? calibration;

    public PruneLayer(WeightUse use, float[] numbers, Calibration? calibration) =>
        (Use, Numbers, this.calibration, layer) = (use, numbers, calibration, new(use, new Uniform(new Code(true, 8), use.Output), numbers, calibration));

    public WeightUse Use { get; }

    /// <summary>The same weight with other numbers.</summary>
    /// <param name="calibration">Of the graph that has them; null: what was known stays.</param>
    public PruneLayer With(float[] numbers, Calibration? calibration) => new(Use, numbers, calibration ?? this.calibration);

    /// <summary>In the weight's own order.</summary>
    public float[] Numbers { get; }

    public Seq<Expr> Shape => Use.Weight.Type.Shape;

    public WeightMatrix Matrix => layer.Matrix!;

    /// <summary>Whether it is known what the weight is multiplied by, and rows are its outputs.</summary>
    public bool IsCalibrated => layer.IsCalibrated && Matrix.Rows == Shape[Use.Output].Whole;

    public long Samples => layer.Samples;

    /// <summary>Columns of the input axis that follow one another.</summary>
    public int Run => (int)Shape[Use.Input].Whole;

    public IEnumerable<(int Group, int[] Rows)> RowGroups => layer.RowGroups;

    public double[] Hessian(int group) => layer.Hessian(group);

    public double[] Mean(int row) => layer.Mean(row);

    /// <summary>E[x²] of what each number is multiplied by, in the weight's own order; empty where nothing is known.</summary>
    public float[] Importance() => layer.Importance();

    public double? OutputError(float[] after) => layer.OutputError(after);

    /// <summary>Some rows as a matrix of what <paramref name="number"/> says of each place.</summary>
    public double[] Rows(int[] rows, Func<int, double> number) => layer.Rows(rows, number);

    /// <summary>The numbers that a mask keeps, the rest 0.</summary>
    public float[] Kept(bool[] mask) => [.. Numbers.Select((number, i) => mask[i] ? number : 0)];
}
