namespace Lathe.Ir.Ops;

/// <summary>Reads a tensor at places between its elements, as sampling operators share it.</summary>
internal static class Sampling
{
    /// <summary>The elements around a place along one axis and their weights, in f32.</summary>
    /// <param name="place">In elements.</param>
    /// <param name="mode">nearest, linear or cubic.</param>
    public static Seq<(Expr Index, Expr Weight)> Taps(Expr place, string mode)
    {
        if (mode == "nearest") return [(Expr.Round(place).As(Scalar.I64), Number.Of(Scalar.F32, 1.0))];
        var floor = Expr.Floor(place);
        var (first, fraction) = (floor.As(Scalar.I64), place - floor);
        if (mode == "linear") return [(first, 1.0 - fraction), (first + 1, fraction)];
        return [.. Enumerable.Range(-1, 4).Select(tap => (Linear.Simplify(first + tap), Cubic(Expr.Abs(fraction - (double)tap))))];
    }

    /// <summary>The weight of cubic convolution with a = -3/4 (Keys) at a distance.</summary>
    private static Expr Cubic(Expr d) => Expr.Select(d <= 1, (d * 1.25 - 2.25) * d * d + 1.0, (((d - 5.0) * d + 8.0) * d - 4.0) * -0.75);

    /// <summary>The weighted sum over the taps of all axes.</summary>
    public static Expr Sum(IReadOnlyList<Seq<(Expr Index, Expr Weight)>> axes, Func<Seq<Expr>, Expr> read, Seq<Expr> index = default) => index.Count == axes.Count
        ? read(index)
        : axes[index.Count].Select(tap => Sum(axes, read, [.. index, tap.Index]) is var number ? number * tap.Weight.As(number.Type) : number).Aggregate((sum, next) => sum + next);
}
