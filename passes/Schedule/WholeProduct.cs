using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A factor of whole numbers: what memory holds, less a zero point.</summary>
/// <param name="Code">In i32; it varies along the sum.</param>
/// <param name="Zero">In i32; the same for a group of steps, or for all.</param>
public sealed record WholeFactor(Expr Code, Expr Zero)
{
    /// <summary>Whether the zero point is 0.</summary>
    public bool IsPlain => Zero is Number { Integer: 0 };

    /// <summary>The number itself.</summary>
    public Expr Number => IsPlain ? Code : Code - Zero;
}

/// <summary>A contraction whose products are of whole numbers of at most 16 bits, so that machines add several at once: quantized activations times quantized weights.</summary>
/// <param name="Scale">What a group's sum counts, in f32: the scale of the weights' groups. Null where there is none along the sum.</param>
/// <param name="Step">What it counts as a whole number, in i32: sums stay whole from group to group. Null where there is none.</param>
/// <param name="Group">Steps that share a scale, step or zero point; 0: all.</param>
public sealed record WholeProduct(WholeFactor A, WholeFactor B, Expr? Scale, Expr? Step, long Group)
{
    /// <summary>Reads it off a contraction's factors; null where products are of reals, or sums may pass 2^31 where they must be exact.</summary>
    public static WholeProduct? Find(Contraction contraction)
    {
        if (contraction.Sum.Type is not (Scalar.I32 or Scalar.F32) || contraction.K.Any(axis => axis.Extent is not Number)) return null;
        var (a, b) = (Whole(contraction.A, contraction), Whole(contraction.B, contraction));
        if (a is not var (left, leftScale, leftStep) || b is not var (right, scale, step) || leftScale is not null || leftStep is not null) return null;
        if (contraction.K.Any(left.Zero.Mentions) || contraction.N.Any(left.Code.Mentions)) return null;
        var sizes = right.Zero.Parts().Concat(scale?.Parts() ?? []).Concat(step?.Parts() ?? []).OfType<Load>().Where(load => contraction.K.Any(load.Mentions)).Select(load => contraction.GroupOf(load)).Distinct().ToList();
        if (sizes.Count > 1 || sizes is [1]) return null;
        var steps = new Flattened(contraction.K).Static;
        var (most, other) = (Largest(left), Largest(right) * (step is null ? 1 : Largest(new(step, Number.Of(Scalar.I32, 0L)))));
        // Sums of i32 wrap as the operator's do; those that stand for reals must not.
        if (most > short.MaxValue || other > short.MaxValue || contraction.Sum.Type == Scalar.F32 && (double)steps * most * other > int.MaxValue) return null;
        return new(left, right, scale, step, sizes is [var size] && size < steps ? size : 0);
    }

    /// <summary>Largest magnitude of a factor.</summary>
    private static long Largest(WholeFactor factor)
    {
        var (low, high) = Linear.Range(factor.Code);
        var (from, to) = Linear.Range(factor.Zero);
        return Math.Max(Math.Abs(low - to), Math.Abs(high - from));
    }

    /// <summary>The whole number that a side is, and the reals and the whole numbers of groups that it is multiplied by.</summary>
    private static (WholeFactor, Expr?, Expr?)? Whole(Expr side, Contraction contraction)
    {
        var (wholes, reals) = (new List<Expr>(), new List<Expr>());
        foreach (var factor in Contraction.Factors(side))
            if (factor.Type == Scalar.I32) wholes.Add(factor);
            else if (factor is Cast { Type: Scalar.F32, Operand: var inner } && inner.Type.IsInteger && inner.Type.Bits <= 32 && wholes.Count == 0 && contraction.K.Any(inner.Mentions)) wholes.Add(inner.As(Scalar.I32));
            else reals.Add(factor);
        if (wholes is not [var whole] || side.Type == Scalar.I32 && reals.Count > 0) return null;
        var steps = Contraction.Factors(whole).ToLookup(factor => IsShared(factor, contraction));
        if (steps[false].ToList() is not [var code]) return null;
        return (Split(code, contraction), Product(reals), Product(steps[true]));

        static Expr? Product(IEnumerable<Expr> factors) => factors.Aggregate((Expr?)null, (all, factor) => all is null ? factor : all * factor);
    }

    /// <summary>A difference whose second part does not vary from step to step is a code less its zero point.</summary>
    private static WholeFactor Split(Expr whole, Contraction contraction)
    {
        Expr zero = Number.Of(Scalar.I32, 0L);
        while (whole is Binary { Operator: Operator.Subtract or Operator.Add } sum && IsShared(sum.B, contraction)) (whole, zero) = (sum.A, sum.Operator == Operator.Add ? zero - sum.B : zero + sum.B);
        return new(whole, zero);
    }

    /// <summary>Whether a part of a side is the same for all steps of a group.</summary>
    private static bool IsShared(Expr e, Contraction contraction) => !e.Parts().OfType<Load>().Any(load => contraction.K.Any(load.Mentions) && contraction.GroupOf(load) == 1);
}
