namespace Lathe.Ir;

/// <summary>An index taken apart: a constant plus atoms times whole numbers. Division and remainder are solved where ranges allow.</summary>
/// <remarks>An atom is an axis, a symbol, a product of those (kept in a fixed order), or whatever cannot be taken apart. This is the normal form of dimensions.</remarks>
public sealed class Linear
{
    private readonly Dictionary<Expr, long> terms = [];

    public IReadOnlyDictionary<Expr, long> Terms => terms;
    public long Constant { get; private set; }
    public bool IsConstant => terms.Count == 0;

    /// <param name="e">A whole-number expression.</param>
    /// <param name="bound">Axes with a known number: unrolled loops, lanes.</param>
    public static Linear Of(Expr e, IReadOnlyDictionary<Axis, long>? bound = null)
    {
        var plain = bound is null || bound.Count == 0 || !MentionsAny(e, bound);
        if (plain && e.KnownLinear is { } known) return known;
        var linear = new Linear();
        linear.Add(e, 1, plain ? null : bound);
        linear.Recombine();
        if (plain) e.KnownLinear = linear;
        return linear;
    }

    public static Expr Simplify(Expr e)
    {
        if (e is Number or Symbol || e is Axis { Extent: not Number { Integer: 1 } }) return e;
        if (e.KnownSimplest is { } known) return known;
        var simplest = Of(e).ToExpr();
        simplest.KnownSimplest = simplest;
        return e.KnownSimplest = simplest;
    }

    public long this[Expr atom] => terms.GetValueOrDefault(atom);

    /// <summary>The sum of parts, each taken a number of times.</summary>
    public static Linear Sum(params IEnumerable<(Linear Part, long Times)> parts)
    {
        var sum = new Linear();
        foreach (var (part, times) in parts) sum.AddAll(part, times);
        sum.Recombine();
        return sum;
    }

    /// <summary>The terms whose atoms pass, with another constant.</summary>
    public Linear Where(Func<Expr, bool> keeps, long constant)
    {
        var some = new Linear { Constant = constant };
        foreach (var (atom, factor) in terms) if (keeps(atom)) some.terms[atom] = factor;
        return some;
    }

    /// <summary>The sum written out, terms in a stable order.</summary>
    public Expr ToExpr()
    {
        Expr sum = 0;
        foreach (var (atom, factor) in terms.Count > 1 ? terms.OrderBy(t => t.Key.Rank).ThenBy(t => t.Key.Tie, StringComparer.Ordinal) : terms.AsEnumerable())
            sum = sum is Number { Integer: 0 } ? Times(atom, factor) : factor < 0 ? sum - Times(atom, -factor) : sum + Times(atom, factor);
        return Constant < 0 && terms.Count > 0 ? sum - -Constant : sum + Constant;
    }

    private static bool MentionsAny(Expr e, IReadOnlyDictionary<Axis, long> bound)
    {
        foreach (var axis in e.Free) if (bound.ContainsKey(axis)) return true;
        return false;
    }

    private static Expr Times(Expr atom, long factor) => factor == 1 ? atom : atom * factor;


    /// <summary>Whether <c>a &lt; b</c> for every value of axes and symbols.</summary>
    public static bool ProvesLess(Expr a, Expr b) => Least(b - a) >= 1;
    public static bool ProvesEqual(Expr a, Expr b) => a == b || Of(a - b) is { IsConstant: true, Constant: 0 };

    /// <summary>Whether a sum is 0 or more: as ranges say, or because each term that is taken off is a part of one that is added: <c>8·n·m − 3·n</c> for m from 1 on.</summary>
    public static bool ProvesNonNegative(Expr e)
    {
        var sum = Of(e);
        if (Range(sum.ToExpr()).Low >= 0) return true;
        var left = new Dictionary<Expr, long>(sum.terms);
        foreach (var (atom, factor) in sum.terms.Where(t => t.Value < 0))
        {
            var larger = left.Keys.FirstOrDefault(other => left[other] >= -factor && Range(atom).Low >= 0 && Factors(atom).Aggregate((Expr?)other, (product, part) => product is null ? null : Without(product, part)) is { } others && Range(others).Low >= 1);
            if (larger is null) return false;
            left[larger] += factor;
            left.Remove(atom);
        }
        var rest = new Linear { Constant = sum.Constant };
        foreach (var (atom, factor) in left) rest.Term(atom, factor);
        return Range(rest.ToExpr()).Low >= 0;
    }

    /// <summary>A condition as a literal where ranges prove or refute it, else as it is.</summary>
    public static Expr Decided(Expr condition)
    {
        if (condition is Call { Function: Function.Not } not) return Expr.Not(Decided(not.Arguments[0]));
        if (condition is not Binary b) return condition;
        if (b.Operator is Operator.And or Operator.Or && b.Type == Scalar.Bool) return Binary.Of(b.Operator, Decided(b.A), Decided(b.B));
        if (!b.Operator.IsComparison() || b.A.Type != Scalar.I64) return condition;
        var difference = Simplify(b.B - b.A);
        var (low, high) = (Least(difference), -Least(0 - difference));
        return b.Operator switch
        {
            Operator.Less => low >= 1 ? true : high <= 0 ? false : condition,
            Operator.LessOrEqual => low >= 0 ? true : high < 0 ? false : condition,
            _ => low == 0 && high == 0 ? true : low > 0 || high < 0 ? false : condition,
        };
    }

    /// <summary>The least value, an axis taken up to its own extent so that <c>n - i</c> with i in n is at least 1.</summary>
    public static long Least(Expr e)
    {
        var linear = Of(e);
        for (var rounds = 0; rounds < 8; rounds++)
        {
            var axis = linear.terms.Where(t => t.Key is Axis { Extent: not Number }).OrderByDescending(t => ((Axis)t.Key).Order).FirstOrDefault();
            if (axis.Key is not Axis a) break;
            var rest = linear.ToExpr().Substitute((a, axis.Value > 0 ? 0 : a.Extent - 1));
            if (rest.Mentions(a)) break;
            linear = Of(rest);
        }
        return Range(linear.ToExpr()).Low;
    }

    /// <summary>Bounds of a whole-number expression; wide where nothing is known. Saturates at ±2^62.</summary>
    public static (long Low, long High) Range(Expr e)
    {
        if (e.KnownRange is not { } known)
        {
            var range = FindRange(e);
            e.KnownRange = known = Tuple.Create(range.Low, range.High);
        }
        return (known.Item1, known.Item2);
    }

    private static (long Low, long High) FindRange(Expr e)
    {
        switch (e)
        {
            case Number n: return n.IsReal ? Unknown : (n.Integer, n.Integer);
            case Axis axis: return (0, Math.Max(0, Range(axis.Extent).High - 1));
            case Symbol symbol: return (symbol.Low, symbol.High);
            case Binary b:
                var (x, y) = (Range(b.A), Range(b.B));
                return b.Operator switch
                {
                    Operator.Add => (Clamp((Int128)x.Low + y.Low), Clamp((Int128)x.High + y.High)),
                    Operator.Subtract => (Clamp((Int128)x.Low - y.High), Clamp((Int128)x.High - y.Low)),
                    Operator.Multiply => Corners(x, y),
                    Operator.Divide when y.Low > 0 => (Math.Min(FloorDivide(x.Low, y.Low), FloorDivide(x.Low, y.High)), Math.Max(FloorDivide(x.High, y.Low), FloorDivide(x.High, y.High))),
                    // By 0 there is no number, and 0 stands for it: what an extent of 0 divides is at most as far from 0 as by 1.
                    Operator.Divide when y.Low == 0 && y.High > 0 => (Math.Min(x.Low, 0), Math.Max(x.High, 0)),
                    Operator.Modulo when y.Low == 0 && y.High > 0 => (0, y.High - 1),
                    Operator.Modulo when y.Low > 0 => x.Low >= 0 && x.High < y.Low ? x : (0, y.High - 1),
                    Operator.And when e.Type != Scalar.Bool && y.Low >= 0 => (0, x.Low >= 0 ? Math.Min(x.High, y.High) : y.High),
                    Operator.ShiftRight when y.Low == y.High && y.Low is >= 0 and < 64 => (x.Low >> (int)y.Low, x.High >> (int)y.Low),
                    _ => Kind(e.Type),
                };
            case Call { Function: Function.Min } c: return Both(c, Math.Min);
            case Call { Function: Function.Max } c: return Both(c, Math.Max);
            case Call { Function: Function.Select } c:
                var (yes, no) = (Range(c.Arguments[1]), Range(c.Arguments[2]));
                return (Math.Min(yes.Low, no.Low), Math.Max(yes.High, no.High));
            case Cast c when c.Operand.Type.IsInteger:
                var (inner, kind) = (Range(c.Operand), Kind(c.Type));
                return inner.Low >= kind.Low && inner.High <= kind.High ? inner : kind;
            case Cast c when c.Operand.Type.IsReal && e.Type.IsInteger && Interval.Of(c.Operand) is { IsFinite: true } real && Kind(e.Type) is var all && real.Low >= all.Low && real.High <= all.High:
                return ((long)real.Low, (long)real.High);
            default: return Kind(e.Type);
        }

        static (long, long) Both(Call c, Func<long, long, long> pick)
        {
            var (x, y) = (Range(c.Arguments[0]), Range(c.Arguments[1]));
            return (pick(x.Low, y.Low), pick(x.High, y.High));
        }
    }

    private static readonly (long, long) Unknown = (-(1L << 62), 1L << 62);
    private static (long Low, long High) Kind(Scalar type) => type.IsInteger || type == Scalar.Bool ? (Clamp(type.Range.Low), Clamp(type.Range.High)) : Unknown;
    private static long Clamp(Int128 x) => (long)Int128.Clamp(x, -(1L << 62), 1L << 62);

    private void Add(Expr e, long factor, IReadOnlyDictionary<Axis, long>? bound)
    {
        switch (e)
        {
            case Number { IsReal: false } n: Constant += factor * n.Integer; break;
            case Axis axis when bound is not null && bound.TryGetValue(axis, out var value): Constant += factor * value; break;
            case Axis { Extent: Number { Integer: 1 } }: break;
            case Binary { Operator: Operator.Add } b: Add(b.A, factor, bound); Add(b.B, factor, bound); break;
            case Binary { Operator: Operator.Subtract } b: Add(b.A, factor, bound); Add(b.B, -factor, bound); break;
            case Binary { Operator: Operator.Multiply } b: Multiply(Of(b.A, bound), Of(b.B, bound), factor); break;
            case Binary { Operator: Operator.Divide or Operator.Modulo } b when e.Type == Scalar.I64:
                var (x, d) = (Of(b.A, bound), Of(b.B, bound));
                if (d is { IsConstant: true, Constant: > 0 }) Divide(x, d.Constant, b.Operator, factor);
                else DivideBySymbol(x, d, b.Operator, factor);
                break;
            case Call { Function: Function.Min or Function.Max } c: Choose(c, Of(c.Arguments[0], bound), Of(c.Arguments[1], bound), factor); break;
            case Cast { Type: Scalar.I64 } c when Widened(c.Operand) is { } wide: Add(wide, factor, bound); break;
            case Call { Function: Function.Select } c when Decided(c.Arguments[0]) is Number decided: Add(c.Arguments[decided.Integer != 0 ? 1 : 2], factor, bound); break;
            default: Term(bound is null || bound.Count == 0 || e.Free.Count == 0 ? e : e.Replace(part => part is Axis a && bound.TryGetValue(a, out var v) ? v : null), factor); break;
        }
    }

    /// <summary>A whole number of a narrow kind, worked out in i64 instead; null where it could wrap around. Exporters take dimensions through i32 and back.</summary>
    private static Expr? Widened(Expr e)
    {
        if (e.Type == Scalar.I64) return e;
        if (e is Number n) return n.IsReal ? null : n.Integer;
        var (range, kind) = (Range(e is Cast cast ? cast.Operand : e), Kind(e.Type));
        if (!e.Type.IsInteger || range.Low < kind.Low || range.High > kind.High) return null;
        return e switch
        {
            Cast c => Widened(c.Operand),
            Binary { Operator: Operator.Add or Operator.Subtract or Operator.Multiply or Operator.Divide or Operator.Modulo } b => Widened(b.A) is { } x && Widened(b.B) is { } y ? Binary.Of(b.Operator, x, y) : null,
            Call { Function: Function.Min or Function.Max } c => Widened(c.Arguments[0]) is { } x && Widened(c.Arguments[1]) is { } y ? Call.Of(c.Function, x, y) : null,
            _ => null,
        };
    }

    private void AddAll(Linear other, long factor)
    {
        foreach (var (atom, times) in other.terms) Term(atom, factor * times);
        Constant += factor * other.Constant;
    }

    private void Multiply(Linear x, Linear y, long factor)
    {
        if (y.IsConstant) { AddAll(x, factor * y.Constant); return; }
        if (x.IsConstant) { AddAll(y, factor * x.Constant); return; }
        foreach (var (a, m) in x.terms.Append(new(1, x.Constant)))
            foreach (var (b, n) in y.terms.Append(new(1, y.Constant)))
                if (m * n == 0) continue;
                else if (a is Number && b is Number) Constant += factor * m * n;
                else Term(a is Number ? b : b is Number ? a : Product(a, b), factor * m * n);
    }

    /// <summary>A product of atoms, its factors in a fixed order.</summary>
    private static Expr Product(Expr a, Expr b)
    {
        var factors = Factors(a).Concat(Factors(b)).OrderBy(f => f.Rank).ThenBy(f => f.Tie, StringComparer.Ordinal);
        return factors.Aggregate((product, factor) => product * factor);
    }

    /// <summary>What a product is made of; any other expression itself.</summary>
    public static IEnumerable<Expr> Factors(Expr e) => e is Binary { Operator: Operator.Multiply } m ? Factors(m.A).Concat(Factors(m.B)) : [e];

    private void Choose(Call c, Linear x, Linear y, long factor)
    {
        // The difference of what is in normal form already: simplifying it anew would visit maxima of maxima twice at each level.
        var between = new Linear();
        between.AddAll(y, 1);
        between.AddAll(x, -1);
        var (a, b, difference) = (x.ToExpr(), y.ToExpr(), Range(between.ToExpr()));
        if (difference.Low >= 0 || Bounds(a, b)) AddAll(c.Function == Function.Min ? x : y, factor);
        else if (difference.High <= 0 || Bounds(b, a)) AddAll(c.Function == Function.Min ? y : x, factor);
        else Term(Call.Of(c.Function, a, b), factor);

        // Whether the first is at most the second because it is a minimum with it, or the second a maximum with the first.
        static bool Bounds(Expr low, Expr high) => low is Call { Function: Function.Min } least && least.Arguments.Contains(high)
            || high is Call { Function: Function.Max } most && most.Arguments.Contains(low);
    }

    /// <summary>d·(x / d) + x % d is x: what is left of a shape that was flattened and split again.</summary>
    private void Recombine()
    {
        for (var again = true; again;)
        {
            again = false;
            foreach (var (atom, factor) in terms)
            {
                if (Remainder(atom) is ({ } remainder, var others) && remainder.B is not Number)
                {
                    // The same where the divisor is a product of symbols, and the sum perhaps times something.
                    var whole = Of(remainder.A / remainder.B * remainder.B * others);
                    if (whole.terms.Count == 0 || whole.terms.Any(t => t.Key == atom || terms.GetValueOrDefault(t.Key) != t.Value * factor)) continue;
                    AddAll(whole, -factor);
                    Term(atom, -factor);
                    AddAll(Of(remainder.A * others), factor);
                    again = true;
                    break;
                }
                if (atom is not Binary { Operator: Operator.Modulo, A: var x, B: var d }) continue;
                var step = d is Number { Integer: var constant } ? constant : 0;
                if (step == 0) continue;
                var quotient = x is Binary { Operator: Operator.Divide, A: var y, B: Number { Integer: var e } } ? Of(y / checked(e * step)) : Of(x / d);
                // The quotient may itself be a sum; all of its terms must be there, each times the divisor.
                if (quotient.terms.Count == 0 || quotient.terms.Any(t => t.Key == atom || terms.GetValueOrDefault(t.Key) != t.Value * step * factor)) continue;
                foreach (var (part, times) in quotient.terms) Term(part, -times * step * factor);
                Constant -= quotient.Constant * step * factor;
                Term(atom, -factor);
                AddAll(Of(x), factor);
                again = true;
                break;
            }
        }
    }

    /// <summary>A product's first factor that is a remainder, and the product of the others.</summary>
    private static (Binary? Remainder, Expr Others) Remainder(Expr product) => product switch
    {
        Binary { Operator: Operator.Modulo } m => (m, 1),
        Binary { Operator: Operator.Multiply } m when Remainder(m.A) is ({ } inA, var others) => (inA, others * m.B),
        Binary { Operator: Operator.Multiply } m when Remainder(m.B) is ({ } inB, var others) => (inB, m.A * others),
        _ => (null, 1),
    };

    /// <summary>Splits what is divided into a part that <paramref name="d"/> divides and a rest; a rest in [0, d) vanishes from the quotient.</summary>
    private void Divide(Linear x, long d, Operator operation, long factor)
    {
        if (d == 1) { if (operation == Operator.Divide) AddAll(x, factor); return; }
        var (whole, rest) = (new Linear(), new Linear());
        foreach (var (atom, times) in x.terms) (times % d == 0 ? whole : rest).Term(atom, times);
        rest.Constant = ((x.Constant % d) + d) % d;
        whole.Constant = x.Constant - rest.Constant;
        var range = Range(rest.ToExpr());
        if (operation == Operator.Divide)
        {
            foreach (var (atom, times) in whole.terms) Term(atom, factor * (times / d));
            Constant += factor * (whole.Constant / d);
            if (range.Low >= 0 && range.High < d) return;
            // (x / e) / d is x / (e·d).
            if (rest is { Constant: 0, terms.Count: 1 } && rest.terms.First() is { Value: 1, Key: Binary { Operator: Operator.Divide, B: Number { Integer: > 0 } e } inner }) { AddAll(Of(inner.A / checked(e.Integer * d)), factor); return; }
            if (rest.IsConstant) Constant += factor * FloorDivide(rest.Constant, d);
            else Term(rest.Shared(d), factor);
        }
        else if (range.Low >= 0 && range.High < d) AddAll(rest, factor);
        else if (rest.IsConstant) Constant += factor * (rest.Constant - FloorDivide(rest.Constant, d) * d);
        else Term(rest.ToExpr() % d, factor);
    }

    /// <summary>The same for a divisor that is a product of symbols: terms that hold the divisor split off; a rest below it vanishes.</summary>
    private void DivideBySymbol(Linear x, Linear divisor, Operator operation, long factor)
    {
        var d = divisor.ToExpr();
        var (whole, rest) = (new Linear(), new Linear { Constant = x.Constant });
        foreach (var (atom, times) in x.terms)
        {
            var scaled = divisor is { terms.Count: 1, Constant: 0 } && divisor.terms.First() is var (one, scale) && times % scale == 0 ? Without(atom, one) is { } left ? (left, times / scale) : default : default;
            if (scaled.left is not null) whole.AddAll(Of(scaled.left), scaled.Item2);
            else rest.Term(atom, times);
        }
        var small = Range(rest.ToExpr()).Low >= 0 && ProvesLess(rest.ToExpr(), d);
        if (operation == Operator.Divide)
        {
            AddAll(whole, factor);
            if (!small) Term(rest.ToExpr() / d, factor);
        }
        else if (small) AddAll(rest, factor);
        else Term(rest.ToExpr() % d, factor);
    }

    /// <summary>A product without one of its factors; null where it has no such factor.</summary>
    private static Expr? Without(Expr product, Expr factor)
    {
        if (product == factor) return 1;
        if (product is not Binary { Operator: Operator.Multiply } m) return null;
        if (Without(m.B, factor) is { } b) return m.A * b;
        return Without(m.A, factor) is { } a ? a * m.B : null;
    }

    /// <summary>This over d, first over the largest number that divides d and all but a small part: (8x + j) / 32 = x / 4 for j in 8.</summary>
    private Expr Shared(long d)
    {
        foreach (var g in terms.Values.Select(v => Math.Abs(v)).Where(v => v > 1 && v < d && d % v == 0).Distinct().OrderDescending())
        {
            var small = new Linear { Constant = ((Constant % g) + g) % g };
            var large = new Linear { Constant = (Constant - small.Constant) / g };
            foreach (var (atom, times) in terms) (times % g == 0 ? large : small).Term(atom, times % g == 0 ? times / g : times);
            var range = Range(small.ToExpr());
            if (large.terms.Count > 0 && range.Low >= 0 && range.High < g) return large.ToExpr() / (d / g);
        }
        return ToExpr() / d;
    }

    private void Term(Expr atom, long factor)
    {
        if (factor == 0) return;
        if (atom is Number { IsReal: false } n) { Constant += factor * n.Integer; return; }
        if ((terms[atom] = terms.GetValueOrDefault(atom) + factor) == 0) terms.Remove(atom);
    }

    /// <summary>a / b rounded down.</summary>
    public static long FloorDivide(long a, long b)
    {
        var (quotient, left) = Math.DivRem(a, b);
        return left != 0 && (left < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    private static (long, long) Corners((long Low, long High) a, (long Low, long High) b)
    {
        Span<long> corners = [Clamp((Int128)a.Low * b.Low), Clamp((Int128)a.Low * b.High), Clamp((Int128)a.High * b.Low), Clamp((Int128)a.High * b.High)];
        corners.Sort();
        return (corners[0], corners[3]);
    }
}
