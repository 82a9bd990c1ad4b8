namespace Lathe.Ir;

/// <summary>
/// Four bits inside eight: codes times a small whole number that a group shares are what a scale for each output multiplies, <c>code · step · scale</c>. A product with
/// whole numbers stays one of whole numbers from end to end of its sum: <c>dual_grained group=64</c> is 4.125 bits a number, and a scale of f32 for each output.
/// </summary>
/// <param name="Axis">As of <see cref="Grouped"/>: the axis that groups lie along.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Channel">The axis of outputs, with a scale for each index; that of a product's outputs where nothing is said.</param>
/// <remarks>
/// Zhang and others, Dual Grained Quantization: Efficient Fine-Grained Quantization for LLM, 2023 (A8W4). Steps are -15 to 15, so that a code times a step, -120 to 120, fits
/// a byte; their sign lets the far end of the codes, -8, stand for the number of largest magnitude on either side.
/// </remarks>
[EncodingExample("dual_grained axis=1 group=3 channel=0", "dual_grained axis=0 group=4 channel=1")]
public sealed record DualGrained(int Axis = -1, long Group = 64, int Channel = -1) : Grouped(Axis, Group)
{
    private const int Most = 15;

    private static readonly Code Word = new(true, 4);

    public int Channel { get; init; } = Channel >= -1 ? Channel : throw new TypeException($"axes are counted from 0, there is no axis {Channel}");

    public override Code Code => Word;

    public override bool IsEven => true;

    public override Seq<Parameter> Parameters => [new("step", Scalar.I8)];

    public override Seq<Parameter> Lines => [new("scale", Scalar.F32)];

    protected override int Across => Channel;

    public override Seq<Plane> Planes(Shape shape)
    {
        if (Group == 0 || Partition(shape).Axis is var along && (Channel < 0 || Channel >= shape.Count || Channel == along))
            throw new TypeException($"{this}: groups lie along one axis, outputs along another of a tensor of {shape.Count}");
        return base.Planes(shape);
    }

    public override Grouped Placed(int input, int output, int rank) => (DualGrained)base.Placed(input, output, rank) is var placed && placed.Channel < 0 ? placed with { Channel = output } : placed;

    protected override Expr Number(Expr code, Func<string, Expr, Expr> parameter) => (code * parameter("step", 0)).As(Scalar.F32) * parameter("scale", 0);

    /// <summary>An output's scale is the finest of which every group's best step is at most the largest; groups then choose the step of least error.</summary>
    public override Fitting Fitter(float[] numbers, float[] importance, Shape shape)
    {
        var (partition, best) = (Partition(shape), new Uniform(Word, Axis, Group));
        var scales = new float[shape[Channel].Whole];
        for (var g = 0; g < partition.Count(shape); g++)
        {
            var members = partition.Members(shape, g);
            var grid = best.Fit([.. members.Select(m => numbers[m])], importance.Length == 0 ? [] : [.. members.Select(m => importance[m])]);
            scales[Line(shape, g)] = Math.Max(scales[Line(shape, g)], Math.Abs(grid.Parameters[0]) / Most);
        }
        return (group, mine, weights) => Fit(scales[Line(shape, group)], mine, weights);
    }

    /// <summary>The grid of numbers that are an output of their own.</summary>
    public override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance) =>
        Fit(Math.Abs(new Uniform(Word, 0).Fit(numbers, importance).Parameters[0]) / Most, numbers, importance);

    private static Steps Fit(float scale, ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var far = 0f;
        foreach (var number in numbers) far = Math.Max(far, Math.Abs(number));
        var (best, least) = (new Steps(1, scale), double.PositiveInfinity);
        // Steps whose codes reach half as far as the numbers, or further than all of them, are never the best.
        var whole = scale == 0 ? 0 : far / (-Word.Range.Low * scale);
        for (var size = Math.Clamp((int)(whole / 2), 1, Most); size <= Math.Min(Most, (int)Math.Ceiling(whole * 8 / 7) + 1); size++)
            foreach (var step in (int[])[size, -size])
                if (new Steps(step, scale) is var grid && grid.Error(numbers, importance) is var error && error < least) (best, least) = (grid, error);
        return best;
    }

    /// <summary>The scale is the output's and stays: of the factor the whole number nearest to it is taken.</summary>
    public override Grid? Scaled(Grid grid, float factor) =>
        grid.Parameters is [var step] && (int)Math.Clamp(MathF.Round(step * factor), -Most, Most) is var whole && whole != 0 ? new Steps(whole, grid.Line[0]) : null;

    private sealed class Steps(int step, float scale) : Grid
    {
        private readonly float[] parameters = [step], line = [scale];

        public override ReadOnlySpan<float> Parameters => parameters;

        public override ReadOnlySpan<float> Line => line;

        public override float this[int code] => code * step * scale;

        public override int Nearest(float number) => scale == 0 ? 0 : (int)Math.Clamp(MathF.Round(number / (step * scale)), Word.Range.Low, Word.Range.High);
    }
}
