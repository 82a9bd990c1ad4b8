namespace Lathe.Ir;

/// <summary>Between which reals the value of a formula lies, and whether it may be no number at all. Every step is as much wider as rounding to f32 may move it.</summary>
/// <param name="MayBeNan">Infinities count as reals here.</param>
public readonly record struct Interval(double Low, double High, bool MayBeNan)
{
    /// <summary>Most nodes that are looked at: what says something is near the top.</summary>
    private const int Most = 64;

    private static readonly Interval Unknown = new(double.NegativeInfinity, double.PositiveInfinity, true);

    public bool IsFinite => !MayBeNan && double.IsFinite(Low) && double.IsFinite(High);

    public static Interval Of(Expr e)
    {
        var left = Most;
        return Of(e, ref left);
    }

    private static Interval Of(Expr e, ref int left)
    {
        if (--left < 0) return Unknown;
        if (e is Number n) return double.IsNaN(n.Real) ? Unknown : new(n.Real, n.Real, false);
        if (!e.Type.IsReal) return Linear.Range(e) is var (low, high) ? new Interval(low, high, false).Wider : Unknown;
        switch (e)
        {
            case Cast c: return Of(c.Operand, ref left);
            case Binary { Operator: Operator.Add } b: return Sum(Of(b.A, ref left), Of(b.B, ref left));
            case Binary { Operator: Operator.Subtract } b: return Sum(Of(b.A, ref left), Of(b.B, ref left).Negated);
            case Binary { Operator: Operator.Multiply } b: return Product(Of(b.A, ref left), Of(b.B, ref left));
            case Call { Function: Function.Fma } c: return Sum(Product(Of(c.Arguments[0], ref left), Of(c.Arguments[1], ref left)), Of(c.Arguments[2], ref left));
            case Call { Function: Function.Round } c: return Of(c.Arguments[0], ref left) is var x ? new(Math.Round(x.Low), Math.Round(x.High), x.MayBeNan) : Unknown;
            case Call { Function: Function.Max } c: return Pair(c, ref left) is var (s, t) ? new(Math.Max(s.Low, t.Low), Math.Max(s.High, t.High), s.MayBeNan | t.MayBeNan) : Unknown;
            case Call { Function: Function.Min } c: return Pair(c, ref left) is var (p, q) ? new(Math.Min(p.Low, q.Low), Math.Min(p.High, q.High), p.MayBeNan | q.MayBeNan) : Unknown;
            // What is kept only where it is beyond the other: a comparison with no number fails.
            case Call { Function: Function.Select, Arguments: [Binary { Operator: Operator.Less } less, var yes, var no] } c when less.A == yes && less.B == no || less.A == no && less.B == yes:
                var (kept, other) = (Of(yes, ref left), Of(no, ref left));
                return less.B == no ? new(Math.Min(kept.Low, other.Low), Math.Min(kept.High, other.High), other.MayBeNan) : new(Math.Max(kept.Low, other.Low), Math.Max(kept.High, other.High), other.MayBeNan);
            case Call { Function: Function.Select } c: return Of(c.Arguments[1], ref left) is var one && Of(c.Arguments[2], ref left) is var two ? new(Math.Min(one.Low, two.Low), Math.Max(one.High, two.High), one.MayBeNan | two.MayBeNan) : Unknown;
            default: return Unknown;
        }
    }

    private static (Interval, Interval) Pair(Call call, ref int left) => (Of(call.Arguments[0], ref left), Of(call.Arguments[1], ref left));

    /// <summary>With room for one rounding of f32 at the larger magnitude.</summary>
    private Interval Wider
    {
        get
        {
            var room = Math.Max(Math.Abs(Low), Math.Abs(High)) / (1 << 23);
            return new(Low - room, High + room, MayBeNan);
        }
    }

    private Interval Negated => new(-High, -Low, MayBeNan);

    private static Interval Sum(Interval a, Interval b) => a.IsFinite && b.IsFinite ? new Interval(a.Low + b.Low, a.High + b.High, false).Wider : Unknown;

    private static Interval Product(Interval a, Interval b)
    {
        if (!a.IsFinite || !b.IsFinite) return Unknown;
        double[] corners = [a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High];
        return new Interval(corners.Min(), corners.Max(), false).Wider;
    }
}
