using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A formula of reals over whole numbers, worked out in whole numbers. Steps follow from the ranges of what is read; nothing is named after an operator.</summary>
/// <param name="loads">What a read of reals gives; null where there is no code for it.</param>
internal sealed class FixedFormula(Func<Load, FixedNumber?> loads)
{
    private readonly Dictionary<Expr, FixedNumber> reals = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, Expr> wholes = new(ReferenceEqualityComparer.Instance);

    /// <summary>A formula of a whole number or truth value, reals in it as whole numbers.</summary>
    public Expr Whole(Expr e)
    {
        if (wholes.TryGetValue(e, out var known)) return known;
        if (!e.Parts().Any(part => part.Type.IsReal)) return wholes[e] = e;
        return wholes[e] = e switch
        {
            Cast { Operand: { Type.IsReal: true } real } cast => Code(Real(real), cast.Type),
            Binary { A.Type.IsReal: true } compared => FixedNumber.Aligned(Real(compared.A), Real(compared.B)) is var (a, b) ? Binary.Of(compared.Operator, a.Wide, b.Wide) : e,
            Call { Function: Function.IsNan or Function.IsInf } => Number.Of(Scalar.Bool, 0L),
            _ when e.Children.All(child => !child.Type.IsReal) => e.With([.. e.Children.Select(Whole)]),
            _ => throw new UnservedException($"{e.GetType().Name.ToLowerInvariant()} makes a whole number of reals"),
        };
    }

    /// <summary>A rounded real as a whole number of a kind, saturated.</summary>
    private static Expr Code(FixedNumber number, Scalar kind)
    {
        if (number.Step != 1) number = number.Rounded(down: number.Low >= 0 ? true : throw new UnservedException("a real of either sign is cut off"));
        var (low, high) = kind.Range;
        return (number.Low >= low && number.High <= high ? number.Wide : Expr.Clamp(number.Wide, low, high)).As(kind);
    }

    /// <summary>A formula of a real.</summary>
    public FixedNumber Real(Expr e) => reals.TryGetValue(e, out var known) ? known : reals[e] = e switch
    {
        Number n => FixedNumber.Of(n.Real),
        Load load => loads(load) ?? throw new UnservedException($"{load.Buffer.Name} holds reals"),
        Cast { Operand.Type.IsReal: true } cast => Real(cast.Operand),
        Cast cast => OfWhole(cast.Operand),
        Reduce reduce => Reduced(reduce),
        Binary binary => Of(binary),
        Call call => Of(call),
        _ => throw new UnservedException($"{e} has no form in whole numbers"),
    };

    private FixedNumber OfWhole(Expr e)
    {
        var (low, high) = Linear.Range(e);
        if (high - (double)low > 1L << 40) throw new UnservedException($"nothing bounds {e}");
        return new(Whole(e) is var code && code.Type == Scalar.I32 ? code : code.As(Scalar.I64), 1, low, high);
    }

    private FixedNumber Of(Binary e)
    {
        switch (e.Operator)
        {
            case Operator.Add: return Real(e.A) + Real(e.B);
            case Operator.Subtract when IsMost(e.B, e.A): return Real(e.A) + -Real(e.B) is var below ? below with { High = Math.Min(below.High, 0) } : null!;
            case Operator.Subtract: return Real(e.A) + -Real(e.B);
            case Operator.Multiply: return Real(e.A) * Real(e.B);
            case Operator.Divide: return FixedNumber.Divide(Real(e.A), Divisor(e), IsTerm(e.A, e.B) ? 1 : null);
            default: throw new UnservedException($"{e.Operator} of reals");
        }
    }

    /// <summary>A sum that holds e^0 for its largest term is nearly 1 at least: half of that allows for what rounding takes.</summary>
    private FixedNumber Divisor(Binary e) => Real(e.B) is var by && IsShiftedSum(e.B) && by.Low < 0.5 ? by with { Low = 0.5 } : by;

    private static bool IsShiftedSum(Expr e) => e is Reduce { Kind: ReduceKind.Sum, Body: Call { Function: Function.Exp, Arguments: [Binary { Operator: Operator.Subtract } shifted] } } && IsMost(shifted.B, shifted.A);

    /// <summary>Whether a formula is the largest of numbers of which another is one.</summary>
    private static bool IsMost(Expr most, Expr of) => most is Reduce { Kind: ReduceKind.Max } reduce && Stands(reduce, of);

    /// <summary>Whether a formula is one of the terms of a sum of numbers that are not negative.</summary>
    private bool IsTerm(Expr term, Expr sum) => sum is Reduce { Kind: ReduceKind.Sum } reduce && Stands(reduce, term) && Real(term).Low >= 0;

    /// <summary>Whether a formula is the body of a reduction at some index.</summary>
    private static bool Stands(Reduce reduce, Expr at)
    {
        if (reduce.Axes is not [var axis]) return false;
        if (reduce.Body == at) return true;
        var places = reduce.Body.Parts().OfType<Load>().SelectMany(load => load.At.Index().Where(i => i.Item == (Expr)axis).Select(i => (load.Buffer, i.Index))).ToHashSet();
        return at.Parts().OfType<Load>().SelectMany(load => load.At.Index().Where(i => places.Contains((load.Buffer, i.Index))).Select(i => i.Item)).Distinct()
            .Any(index => reduce.Body.Substitute((axis, index)) == at);
    }

    private FixedNumber Of(Call e)
    {
        var x = e.Arguments;
        switch (e.Function)
        {
            case Function.Min: return FixedNumber.Min(Real(x[0]), Real(x[1]));
            case Function.Max: return FixedNumber.Max(Real(x[0]), Real(x[1]));
            case Function.Select when x[0] is Binary { Operator: Operator.Less or Operator.LessOrEqual } less && less.A.Type.IsReal && (less.A == x[1] && less.B == x[2] || less.A == x[2] && less.B == x[1]):
                return less.A == x[1] ? FixedNumber.Min(Real(x[1]), Real(x[2])) : FixedNumber.Max(Real(x[1]), Real(x[2]));
            case Function.Select: return FixedNumber.Select(Whole(x[0]), Real(x[1]), Real(x[2]));
            case Function.Abs: return Real(x[0]) is var number ? new(Expr.Abs(number.Wide), number.Step, number.Low > 0 ? number.Low : number.High < 0 ? -number.High : 0, number.Far) : null!;
            case Function.Fma: return Real(x[0]) * Real(x[1]) + Real(x[2]);
            case Function.Round: return Real(x[0]).Rounded(down: false);
            case Function.Floor: return Real(x[0]).Rounded(down: true);
            case Function.Pow when x[1] is Number { Real: 2 }: return Real(x[0]) * Real(x[0]);
            case Function.Sqrt: return FixedFunctions.Root(Real(x[0]));
            case Function.Exp: return FixedFunctions.Power(Real(x[0]));
            case Function.Tanh: return Real(FixedFunctions.Tangent(x[0]));
            case Function.Erf: return Real(FixedFunctions.Error(x[0]));
            default: throw new UnservedException($"{e.Function.Text()} has no form in whole numbers");
        }
    }

    private FixedNumber Reduced(Reduce e)
    {
        if (e.Kind is ReduceKind.Max or ReduceKind.Min) return Real(e.Body) is var x ? x with { Code = Reduce.Of(e.Kind, e.Axes, x.Code) } : null!;
        if (e.Kind != ReduceKind.Sum) throw new UnservedException("a product over an axis");
        // What is the same for all terms multiplies their sum.
        var factors = Contraction.Factors(e.Body).ToLookup(factor => e.Axes.Any(factor.Mentions));
        if (factors[true].Any() && factors[false].Any()) return Reduced((Reduce)Reduce.Of(e.Kind, e.Axes, factors[true].Aggregate((a, b) => a * b))) * factors[false].Select(Real).Aggregate((a, b) => a * b);
        var count = e.Axes.Aggregate(1.0, (size, axis) => size * Linear.Range(axis.Extent).High);
        if (count > 1 << 24) throw new UnservedException($"nothing bounds how many terms {e.Axes[0]} has");
        var room = (int)Math.Ceiling(Math.Log2(Math.Max(count, 1)));
        var term = Real(e.Body);
        // Sums of products of bytes stay what machines add several of at once.
        if (term.Bits + room <= FixedNumber.MostFactor && term.Code.Type == Scalar.I32) return new(Reduce.Of(e.Kind, e.Axes, term.Code), term.Step, Math.Min(0, term.Low * count), Math.Max(0, term.High * count));
        term = term.Fit(62 - room);
        return new(Reduce.Of(e.Kind, e.Axes, term.Wide), term.Step, term.Low >= 0 ? 0 : term.Low * count, term.High <= 0 ? 0 : term.High * count);
    }
}
