using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes.Rules;

/// <summary>A step of several weights whose formula is x·a + b becomes a multiplication and an addition by weights that are worked out now: batch normalization. What is before it may then take them in.</summary>
public sealed record SplitAffine : Rule
{
    public override bool IsExact => false;

    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Results is not [var result] || step.Regions.Count > 0 || result.Type.Scalar != Scalar.F32 || step.Reads.Where(v => !v.IsWeight).ToList() is not [var x] || step.Reads.Count() < 3) return null;
        if (step.Reads.Any(v => v.Type.Encoding != new Dense(Scalar.F32))) return null;
        if (Formula.Of(step) is not { HasReduce: false } formula || !formula.ReadsInPlace(x) || x.Type.Shape != result.Type.Shape) return null;
        if (Affine(formula.Number, formula, x) is not ({ } factor, { } offset)) return null;
        if (factor.Free.Union(offset.Free).ToList() is not [var axis] || axis.Extent is not Number || !formula.Axes.Contains(axis)) return null;
        var count = (int)axis.Extent.Whole;
        // Each weight is a vector along the axis or a single number.
        if (!formula.Reads.All(l => formula.Operand(l) == x || l.Outside is null && formula.Operand(l).Type.Count is var size && (size == 1 || size == count && l.At.Contains(axis)))) return null;
        if (Work(factor, formula, count) is not { } factors || Work(offset, formula, count) is not { } offsets) return null;

        var place = formula.Axes.Index().First(p => p.Item == axis).Index;
        var type = new TensorType([axis.Extent, .. Enumerable.Repeat((Expr)1, formula.Axes.Count - place - 1)], Scalar.F32);
        var (a, b) = (new Value(around.Fresh(result.Name + ".factor"), type, [Bytes.Of<float>(factors)]), new Value(around.Fresh(result.Name + ".offset"), type, [Bytes.Of<float>(offsets)]));
        var product = new Value(around.Fresh(result.Name + ".product"), result.Type);
        return Improvement.To(new Node(new Mul(), [x, a], [product]), new Node(new Add(), [product, b], [result]));
    }

    /// <summary>A formula as factor times x plus offset; no factor where it does not read x, nothing where it is not of that form.</summary>
    private static (Expr? Factor, Expr? Offset) Affine(Expr e, Formula formula, Value x)
    {
        if (!e.Parts().OfType<Load>().Any(l => formula.Operand(l) == x)) return (null, e);
        if (e is Load) return (Number.Of(Scalar.F32, 1.0), Number.Of(Scalar.F32, 0.0));
        if (e is not Binary { Operator: Operator.Add or Operator.Subtract or Operator.Multiply or Operator.Divide } both) return default;
        var (a, b) = (Affine(both.A, formula, x), Affine(both.B, formula, x));
        if (a.Offset is not { } left || b.Offset is not { } right) return default;
        return (both.Operator, a.Factor, b.Factor) switch
        {
            (Operator.Add, { } f, null) => (f, left + right),
            (Operator.Add, null, { } g) => (g, left + right),
            (Operator.Subtract, { } f, null) => (f, left - right),
            (Operator.Multiply, { } f, null) => (f * right, left * right),
            (Operator.Multiply, null, { } g) => (left * g, left * right),
            (Operator.Divide, { } f, null) => (f / right, left / right),
            _ => default,
        };
    }

    /// <summary>The numbers of a formula over weights for each index along an axis; null where it is more than arithmetic.</summary>
    private static float[]? Work(Expr e, Formula formula, int count)
    {
        switch (e)
        {
            case Number n: return [.. Enumerable.Repeat((float)n.Real, count)];
            case Load load:
                var weight = formula.Operand(load).Planes[0].ToArray<float>();
                return weight.Length == count ? weight : [.. Enumerable.Repeat(weight[0], count)];
            case Call { Function: Function.Sqrt } c: return Work(c.Arguments[0], formula, count)?.Select(MathF.Sqrt).ToArray();
            case Binary b when Work(b.A, formula, count) is { } x && Work(b.B, formula, count) is { } y:
                return b.Operator switch
                {
                    Operator.Add => [.. x.Zip(y, (p, q) => p + q)],
                    Operator.Subtract => [.. x.Zip(y, (p, q) => p - q)],
                    Operator.Multiply => [.. x.Zip(y, (p, q) => p * q)],
                    Operator.Divide => [.. x.Zip(y, (p, q) => p / q)],
                    _ => null,
                };
            default: return null;
        }
    }
}
