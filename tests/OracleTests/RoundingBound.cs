using System.Diagnostics;
using Lathe.Ir;
using static Lathe.Ir.Stmts;

namespace Lathe.OracleTests;

/// <summary>
/// Makes of a lowered kernel one that also fills, beside every number, how far the same formula may lead when its sums run in another order,
/// its products are fused or factored out, and its functions come from another library. What none of that touches has the bound 0.
/// </summary>
/// <remarks>
/// Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 3.3): a sum of n terms in any order is off by at most
/// (n - 1)·u·Σ|terms| to first order, u = 2^-24 for f32; a product below the normal numbers loses up to half the least of them. All other arithmetic is the same operation everywhere and only passes errors on.
/// </remarks>
internal sealed class RoundingBound
{
    /// <summary>Units in the last place between two libraries' functions: at most 3 that codegen states for its own, and half of the oracle's rounding.</summary>
    private const double FunctionUnits = 3.5;

    private readonly Dictionary<Ir.Buffer, Ir.Buffer> companions = [];
    private readonly Dictionary<Expr, Expr?> known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Guards so far of which it is not sure whether they hold; one may stand in another.</summary>
    private int guards;

    private RoundingBound() { }

    /// <summary>The name of the buffer that holds the bounds of an output.</summary>
    public static string Name(string output) => output + "~";

    public static Kernel Of(Kernel lowered)
    {
        var bound = new RoundingBound();
        Seq<Ir.Buffer> outputs = [.. lowered.Outputs.Concat(lowered.Outputs.Select(bound.Companion))];
        var body = bound.Beside(lowered.Body);
        return new(lowered.Name, lowered.Inputs, outputs, body);
    }

    private Ir.Buffer Companion(Ir.Buffer buffer) => companions[buffer] = new(Name(buffer.Name), Scalar.F64, buffer.Shape, buffer.Space, buffer.Order);

    private Stmt Beside(Stmt stmt) => stmt switch
    {
        Loop l => new Loop(l.Kind, l.Axis, Beside(l.Body)),
        Block b => Do(b.Steps.Select(Beside)),
        Scratch s when Companion(s.Buffer) is var companion => new Scratch(s.Buffer, new Scratch(companion, Beside(s.Body))),
        // The bound is stored first: it reads what its number is made of, which the number may replace.
        Store s => Do(companions[s.Buffer].Set(s.At, Plus(Unsure(s.At), Of(s.Value)) ?? 0.0), s),
        Guard g when Of(g.Condition) is { } unsure => Guarded(g, unsure),
        Guard g => new Guard(g.Condition, Beside(g.Body)),
        _ => throw new UnreachableException(),
    };

    /// <summary>Where it is not sure whether the body runs, nothing is known of the buffers that it stores to.</summary>
    private Stmt Guarded(Guard guard, Expr unsure)
    {
        var flag = new Ir.Buffer($"unsure{guards++}", Scalar.F64, [], Space.Registers);
        var own = guard.Body.All.OfType<Scratch>().Select(s => s.Buffer).ToHashSet();
        var unknown = guard.Body.All.OfType<Store>().Select(s => s.Buffer).Where(b => !own.Contains(b)).Distinct().Select(buffer =>
        {
            Seq<Axis> all = [.. buffer.Shape.Select(extent => new Axis("i", extent))];
            return Nest(LoopKind.For, all, companions[buffer].Set([.. all], double.PositiveInfinity));
        });
        return new Scratch(flag, Do(flag.Set([], unsure), new Guard(guard.Condition, Beside(guard.Body)), new Guard(0.0 < flag[[]], Do(unknown))));
    }

    /// <summary>How far a part may be off; null where it cannot be.</summary>
    private Expr? Of(Expr e)
    {
        if (known.TryGetValue(e, out var bound)) return bound;
        return known[e] = e switch
        {
            Number or Axis or Symbol => null,
            Load l => Plus(Unsure(l.At), Read(l)),
            Binary b => Arithmetic(b),
            Call c => Function(c),
            Cast c => Converted(c),
            Reduce r => Folded(r),
            _ => Unsure(e.Children),
        };
    }

    private Expr? Read(Load l)
    {
        var outside = l.Outside is { } o ? Of(o) : null;
        if (companions.TryGetValue(l.Buffer, out var companion)) return Load.Of(companion, l.At, l.Outside is null ? null : outside ?? 0.0);
        return outside is null ? null : Expr.Select(Dense.Inside(l.Buffer.Shape, l.At), 0.0, outside);
    }

    private Expr? Arithmetic(Binary e)
    {
        var (a, b) = (Of(e.A), Of(e.B));
        if (a is null && b is null) return null;
        var (x, y, both) = (Real(e.A), Real(e.B), Plus(a, b)!);
        return e.Operator switch
        {
            Operator.Add or Operator.Subtract => Rounded(e, both),
            Operator.Multiply => Rounded(e, Plus(Times(Abs(x), b), Times(Abs(y), a), a is null || b is null ? null : a * b)!),
            Operator.Divide when e.Type.IsReal => Rounded(e, (Plus(a, Times(Abs(Real(e)), b))!) / (b is null ? Abs(y) : Expr.Max(Abs(y) - b, 0.0))),
            Operator.Less or Operator.LessOrEqual or Operator.Equal when e.A.Type.IsReal => Flag(Abs(x - y) <= both),
            Operator.Less or Operator.LessOrEqual or Operator.Equal => Flag(Abs(x - y) <= both & 0.0 < both),
            Operator.And or Operator.Or or Operator.Xor when e.Type == Scalar.Bool => both,
            _ => Unsure([e.A, e.B]),
        };
    }

    private Expr? Function(Call e)
    {
        Seq<Expr?> errors = [.. e.Arguments.Select(Of)];
        var all = Plus([.. errors])!;
        var x = e.Arguments;
        switch (e.Function)
        {
            case Ir.Function.Select:
                var sides = errors[1] is { } yes ? errors[2] is { } no ? Expr.Select(x[0], yes, no) : Expr.Select(x[0], yes, 0.0) : errors[2] is { } other ? Expr.Select(x[0], 0.0, other) : null;
                return errors[0] is { } unsure ? Expr.Select(0.0 < unsure, Plus(Abs(Real(x[1]) - Real(x[2])), errors[1], errors[2])!, sides ?? 0.0) : sides;
            case Ir.Function.Min or Ir.Function.Max or Ir.Function.Abs: return all;
            case Ir.Function.Sign or Ir.Function.Round or Ir.Function.Floor or Ir.Function.Ceil or Ir.Function.Trunc:
                return all is null ? null : Between(Real(x[0]), all, at => Call.Of(e.Function, at));
            case Ir.Function.Fma:
                return all is null ? null : Rounded(e, Plus(Times(Abs(Real(x[0])), errors[1]), Times(Abs(Real(x[1])), errors[0]), errors[0] is { } a && errors[1] is { } b ? a * b : null, errors[2])!);
            case Ir.Function.Sqrt:
                return all is null ? null : Rounded(e, Between(Expr.Max(Real(x[0]), all), all, at => Call.Of(e.Function, at)));
            case Ir.Function.Not or Ir.Function.IsNan or Ir.Function.IsInf: return e.Type == Scalar.Bool ? all : Unsure(x);
            case Ir.Function.PopCount or Ir.Function.Quotient or Ir.Function.Remainder: return Unsure(x);
        }
        if (!e.Type.IsReal) return Unsure(x);
        var own = FunctionUnits * 2 * (Unit(e.Type) * Abs(Real(e)) + Least(e.Type));
        if (all is null) return own;
        var passed = e.Function switch
        {
            Ir.Function.Sin or Ir.Function.Cos => all,
            Ir.Function.Tan => (Real(e) * Real(e) + 1.0) * all,
            Ir.Function.Cosh => Abs(Real(e)) * all,
            Ir.Function.Pow => Abs(Real(e)) * Plus(Times(Abs(Real(x[1])) / Abs(Real(x[0])), errors[0]), Times(Abs(Call.Of(Ir.Function.Log, Abs(Real(x[0])))), errors[1]))!,
            _ => Between(Real(x[0]), all, at => Call.Of(e.Function, at)), // the others only rise or only fall
        };
        return own + passed;
    }

    private Expr? Converted(Cast e)
    {
        if (Of(e.Operand) is not { } error) return null;
        if (!e.Operand.Type.IsReal) return error;
        if (e.Type == Scalar.Bool) return Flag(Abs(Real(e.Operand)) <= error);
        return e.Type.Bits > e.Operand.Type.Bits && e.Type.IsReal ? error : Between(Real(e.Operand), error, at => Real(at.As(e.Type)));
    }

    private Expr? Folded(Reduce e)
    {
        var inside = Of(e.Body);
        var sum = inside is null ? null : Reduce.Of(ReduceKind.Sum, e.Axes, inside);
        if (e.Kind is ReduceKind.Max or ReduceKind.Min) return inside is null ? null : Reduce.Of(ReduceKind.Max, e.Axes, inside);
        if (!e.Type.IsReal) return sum;
        Expr terms = e.Axes.Aggregate((Expr)1, (n, axis) => n * axis.Extent);
        if (e.Kind == ReduceKind.Product)
            return terms.As(Scalar.F64) * (Unit(e.Type) * Abs(Real(e)) + Least(e.Type) * Reduce.Of(ReduceKind.Product, e.Axes, Expr.Max(Abs(Real(e.Body)), 1.0))) + (inside is null ? 0.0 : Abs(Real(e)) * Reduce.Of(ReduceKind.Sum, e.Axes, inside / Abs(Real(e.Body))));
        // Each product may be fused into the sum, or a factor that all terms share moved out of it.
        var products = e.Body.Parts().Count(part => part is Binary { Operator: Operator.Multiply or Operator.Divide, Type: var type } && type == e.Type);
        var magnitude = Reduce.Of(ReduceKind.Sum, e.Axes, inside is null ? Abs(Real(e.Body)) : Abs(Real(e.Body)) + inside);
        return Plus((terms + products).As(Scalar.F64) * Unit(e.Type) * magnitude, products == 0 ? null : (terms * products).As(Scalar.F64) * Least(e.Type), sum);
    }

    /// <summary>Infinite where a whole number that decides what happens may be another.</summary>
    private Expr? Unsure(Seq<Expr> parts) => Plus([.. parts.Select(Of)]) is { } error ? Expr.Select(0.0 < error, double.PositiveInfinity, 0.0) : null;

    /// <summary>An operation of two numbers that are off rounds differently: half a unit either way. Where neither is off in this case, it is the same operation.</summary>
    private static Expr Rounded(Expr e, Expr error) => e.Type.IsReal ? Expr.Select(error <= 0.0, 0.0, error + (Abs(Real(e)) * (2 * Unit(e.Type)) + 2 * Least(e.Type))) : error;

    private static Expr Between(Expr x, Expr error, Func<Expr, Expr> rises) => Abs(rises(x + error) - rises(x - error));

    private static Expr Flag(Expr condition) => Expr.Select(condition, 1.0, 0.0);
    private static Expr Abs(Expr x) => Call.Of(Ir.Function.Abs, x);
    private static Expr Real(Expr x) => x.As(Scalar.F64);
    private static Expr? Times(Expr x, Expr? error) => error is null ? null : x * error;
    private static Expr? Plus(params Seq<Expr?> errors) => errors.OfType<Expr>().Aggregate((Expr?)null, (sum, error) => sum is null ? error : sum + error);

    /// <summary>Half the distance from 1 to the next number.</summary>
    private static double Unit(Scalar kind) => kind == Scalar.F64 ? Math.ScaleB(1, -53) : Math.ScaleB(1, -24);

    /// <summary>Half the least number above 0: what a product may lose below the normal numbers.</summary>
    private static double Least(Scalar kind) => kind == Scalar.F64 ? double.Epsilon : Math.ScaleB(1, -150);
}
