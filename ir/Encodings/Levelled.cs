namespace Lathe.Ir;

/// <summary>A format whose codes stand for fixed numbers, times a scale for each group. What a subclass says is the numbers and their formula.</summary>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">The kind that scales are stored in: f32, f16, bf16, or f8e8m0 for powers of two.</param>
public abstract record Levelled(int Axis, long Group, Scalar Scales) : Grouped(Axis, Group)
{
    /// <summary>Shares of the largest magnitude that are tried as the end of the grid: cutting outliers off makes the rest finer.</summary>
    private static readonly float[] Clips = [.. Enumerable.Range(0, 17).Select(i => 1 - i * 0.03f)];

    /// <summary>The same where scales are rounded to powers of two: up, to the nearest, down.</summary>
    private static readonly float[] Octaves = [1.41f, 1, 0.71f, 0.5f];

    public Scalar Scales { get; } = GroupScale.Kind(Scales);

    public override Seq<Parameter> Parameters => [new("scale", Scales)];

    /// <summary>The number of a code before it is scaled, in f32.</summary>
    /// <param name="code">In i32.</param>
    /// <param name="parameter">As of <see cref="Grouped.Number"/>.</param>
    protected abstract Expr Level(Expr code, Func<string, Expr, Expr> parameter);

    /// <summary>The numbers of all codes.</summary>
    protected abstract Ladder Ladder { get; }

    protected sealed override Expr Number(Expr code, Func<string, Expr, Expr> parameter) => Level(code, parameter) * parameter("scale", 0);

    public override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance) => Fit(Ladder, numbers, importance);

    /// <summary>The scale that suits numbers best.</summary>
    private protected Grid Fit(Ladder ladder, ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var far = 0f;
        foreach (var number in numbers) far = Math.Max(far, Math.Abs(number));
        var (best, least) = (new Rungs(ladder, GroupScale.Stored(Scales, far / ladder.Largest)), double.PositiveInfinity);
        // Floats of eight bits reach so far down that nothing is gained where the largest are cut off.
        foreach (var clip in Scales == Scalar.F8E8M0 ? Octaves : Code.Bits > 6 ? [1] : Clips)
        {
            var grid = new Rungs(ladder, GroupScale.Stored(Scales, far / ladder.Largest * clip));
            var error = grid.Error(numbers, importance);
            if (error < least) (best, least) = (grid, error);
        }
        return best;
    }

    /// <summary>The grid of a scale.</summary>
    private protected Grid Of(float scale) => new Rungs(Ladder, GroupScale.Stored(Scales, scale));

    public override Grid? Scaled(Grid grid, float factor) => grid is Rungs rungs ? new Rungs(rungs.Ladder, GroupScale.Stored(Scales, rungs.Parameters[0] * factor)) : null;

    private sealed class Rungs(Ladder ladder, float scale) : Grid
    {
        private readonly float[] parameters = [scale];
        private readonly float inverse = scale == 0 || !float.IsFinite(1 / scale) ? 0 : 1 / scale;

        public Ladder Ladder => ladder;

        public override ReadOnlySpan<float> Parameters => parameters;

        public override ReadOnlySpan<float> Shared => ladder.ByCode;

        public override float this[int code] => ladder.ByCode[code] * parameters[0];

        public override int Nearest(float number) => ladder.Nearest(inverse == 0 ? parameters[0] == 0 ? 0 : number / parameters[0] : number * inverse);
    }
}
