namespace Lathe.Ir.Ops;

/// <summary>The weights with which the elements around a place make the number there.</summary>
/// <param name="Mode">linear or cubic.</param>
/// <param name="A">The free coefficient of cubic interpolation.</param>
/// <param name="Antialias">Whether shrinking widens the filter.</param>
/// <param name="ExcludeOutside">Whether what is outside has no weight.</param>
internal sealed record Filter(string Mode, double A, bool Antialias, bool ExcludeOutside)
{
    /// <summary>The weighted sum of the elements around the place that <paramref name="at"/> stands for.</summary>
    public Expr Sum(Line line, Expr at, Func<Expr, Expr> read)
    {
        var place = line.Place(at);
        var floor = Expr.Floor(place);
        var (fraction, left, reach) = (place - floor, floor.As(Scalar.I64), Mode == "linear" ? 1 : 2);
        Expr stretch = Number.Of(Scalar.F32, 1.0);
        if (Antialias && line.Scale is not Number { Real: >= 1 })
        {
            stretch = Expr.Min(line.Scale.As(Scalar.F32), 1);
            reach = line.Scale is Number { Real: var scale } ? (int)Math.Ceiling(reach / scale) : throw new TypeException($"an antialiased axis from {line.From} to {line.To} must be known when compiling");
        }

        // Few taps are written out, so that constants fold and reads stay side by side; many are a loop.
        Expr Weight(Expr tap) => Inside(tap, Kernel(Expr.Abs((tap.As(Scalar.F32) - fraction) * stretch)));
        Expr Inside(Expr tap, Expr weight) => ExcludeOutside ? Expr.Select((0 <= left + tap) & (left + tap < line.From), weight, 0) : weight;
        Expr Read(Expr tap) => read(Linear.Simplify(Expr.Clamp(left + tap, 0, line.From - 1)));
        Expr Over(Func<Expr, Expr> term) => reach <= 2 ? Enumerable.Range(1 - reach, 2 * reach).Select(tap => term(tap)).Aggregate((sum, next) => sum + next) : Expr.Sum([2 * reach], k => term(k[0] + (1 - reach)));
        var sum = Over(tap => Weight(tap).As(Read(tap).Type) * Read(tap));
        return Antialias || ExcludeOutside ? sum / Over(Weight).As(sum.Type) : sum;
    }

    /// <summary>The weight at a distance.</summary>
    private Expr Kernel(Expr d) => Mode == "linear" ? Expr.Max(1.0 - d, 0)
        : Expr.Select(d < 1, ((d * (A + 2)) - (A + 3)) * d * d + 1.0, Expr.Select(d < 2, (((d - 5.0) * d + 8.0) * d - 4.0) * A, 0));
}
