using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Cuts a loop where its formula changes: at the seams of a concatenation, at the border of a padded image. Within a piece the conditions
/// are known and fall away, so that no select and no check is left in an inner loop.
/// </summary>
public static class Piecewise
{
    /// <summary>Most pieces of one axis; a formula with more seams keeps its conditions.</summary>
    private const int MostPieces = 24;

    /// <summary>Longest axis that is searched for seams.</summary>
    private const long Longest = 1 << 16;

    /// <summary>The stretches of an axis in which every condition on it has one answer, or none at all; one stretch where nothing would be gained.</summary>
    public static IReadOnlyList<(long From, long To)> Pieces(Axis axis, Expr value)
    {
        if (axis.Extent is not Number { Integer: > 1 and <= Longest and var extent }) return [(0, axis.Extent is Number n ? n.Integer : 0)];
        var tests = Tests(axis, value).Distinct().ToList();
        if (tests.Count == 0) return [(0, extent)];
        var cuts = new List<long> { 0 };
        for (var i = 1L; i < extent; i++)
        {
            if (!tests.Exists(t => t.Answer(i) != t.Answer(i - 1))) continue;
            cuts.Add(i);
            if (cuts.Count > MostPieces) return [(0, extent)];
        }
        cuts.Add(extent);
        return [.. cuts.Zip(cuts.Skip(1))];
    }

    /// <summary>Without the conditions that the ranges of axes decide, and without the checks of reads that are surely inside.</summary>
    public static Expr Decided(Expr e) => e.Replace(part =>
    {
        switch (part)
        {
            case Binary { A.Type: Scalar.I64 } b when b.Operator.IsComparison():
                var difference = Linear.Range(Linear.Simplify(b.B - b.A));
                bool? known = b.Operator switch
                {
                    Operator.Less => difference.Low > 0 ? true : difference.High <= 0 ? false : null,
                    Operator.LessOrEqual => difference.Low >= 0 ? true : difference.High < 0 ? false : null,
                    _ => difference.Low > 0 || difference.High < 0 ? false : null,
                };
                return known is { } answer ? answer : null;
            case Load { Outside: { } outside } load:
                Seq<Expr> at = [.. load.At.Select(Linear.Simplify)];
                var places = at.Zip(load.Buffer.Shape).Select(p => Place(p.First, p.Second)).ToList();
                if (places.Contains(false)) return Decided(outside);
                return places.TrueForAll(p => p == true) ? Load.Of(load.Buffer, at) : null;
            default: return null;
        }
    });

    /// <summary>Whether an index is always inside an extent (true), never (false), or either.</summary>
    private static bool? Place(Expr index, Expr extent)
    {
        var range = Linear.Range(index);
        if (range.High < 0 || extent is Number n && range.Low >= n.Integer) return false;
        return range.Low >= 0 && Linear.ProvesLess(index, extent) ? true : null;
    }

    /// <summary>A linear condition on one axis: <c>step · i + rest > 0</c>, the rest between bounds.</summary>
    private sealed record Test(long Step, long Low, long High)
    {
        /// <summary>1 surely, -1 surely not, 0 depends on the rest.</summary>
        public int Answer(long i) => Step * i + Low > 0 ? 1 : Step * i + High <= 0 ? -1 : 0;
    }

    private static IEnumerable<Test> Tests(Axis axis, Expr value)
    {
        foreach (var part in value.Parts())
        {
            if (part is Binary { A.Type: Scalar.I64, Operator: Operator.Less or Operator.LessOrEqual } b && part.Mentions(axis))
            {
                if (Of(b.Operator == Operator.Less ? b.B - b.A : b.B - b.A + 1, axis) is { } test) yield return test;
            }
            else if (part is Load { Outside: not null } load)
                foreach (var (index, extent) in load.At.Zip(load.Buffer.Shape))
                {
                    if (!index.Mentions(axis)) continue;
                    if (Linear.Range(index).Low < 0 && Of(index + 1, axis) is { } low) yield return low;
                    if (!Linear.ProvesLess(index, extent) && Of(extent - index, axis) is { } high) yield return high;
                }
        }
    }

    private static Test? Of(Expr positive, Axis axis)
    {
        var linear = Linear.Of(positive);
        var step = linear[axis];
        if (step == 0) return null;
        var rest = Linear.Simplify(positive - step * axis);
        if (rest.Mentions(axis)) return null;
        var range = Linear.Range(rest);
        return range.Low < -(1L << 40) || range.High > 1L << 40 ? null : new(step, range.Low, range.High);
    }
}
