namespace Lathe.Ir;

/// <summary>A format whose codes are looked up in a table that all of a weight shares, times a scale for each group. What a subclass says is how the table is chosen.</summary>
/// <param name="Axis">As of <see cref="Grouped"/>.</param>
/// <param name="Group">As of <see cref="Grouped"/>.</param>
/// <param name="Scales">As of <see cref="Levelled"/>.</param>
/// <remarks>The table is a plane: formulas do not hold its numbers, so steps with other tables share kernels. Up to 32 entries fit in registers.</remarks>
public abstract record Tabled(int Axis, long Group, Scalar Scales) : Levelled(Axis, Group, Scales)
{
    /// <summary>Always as many, so that sums round alike however many processors there are.</summary>
    private const int Parts = 16;

    public sealed override Seq<Parameter> Shared => [new("table", Scalar.F32, 1 << Code.Bits)];

    protected sealed override Expr Level(Expr code, Func<string, Expr, Expr> parameter) => parameter("table", code.As(Scalar.I64));

    protected sealed override Ladder Ladder => throw new InvalidOperationException($"{this} has no numbers before its table is chosen");

    /// <summary>The entries for a weight, about 1 in magnitude at most.</summary>
    /// <param name="numbers">Where the weight's numbers lie, each over the largest magnitude of its group.</param>
    protected abstract Ladder Choose(Spread numbers);

    public sealed override Fitting Fitter(float[] numbers, float[] importance, Shape shape)
    {
        var (partition, parts) = (Partition(shape), new Spread[Parts]);
        var count = partition.Count(shape);
        Parallel.For(0, Parts, part =>
        {
            parts[part] = new();
            for (var g = (int)((long)count * part / Parts); g < (long)count * (part + 1) / Parts; g++)
            {
                var members = partition.Members(shape, g);
                var far = members.Length == 0 ? 0 : members.Max(m => Math.Abs(numbers[m]));
                // An error counts as often as the group's scale makes it large.
                if (far > 0) foreach (var m in members) parts[part].Add(numbers[m] / far, (double)far * far * (importance.Length == 0 ? 1 : importance[m]));
            }
        });
        var all = new Spread();
        foreach (var part in parts) all.Add(part);
        var ladder = Choose(all);
        return (_, mine, weights) => Fit(ladder, mine, weights);
    }

    /// <summary>The grid of numbers that are a weight of their own.</summary>
    public sealed override Grid Fit(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var (all, far) = (new Spread(), 0f);
        foreach (var number in numbers) far = Math.Max(far, Math.Abs(number));
        if (far > 0) for (var i = 0; i < numbers.Length; i++) all.Add(numbers[i] / far, importance.IsEmpty ? 1 : importance[i]);
        return Fit(Choose(all), numbers, importance);
    }
}
