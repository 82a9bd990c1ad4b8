using System.Diagnostics;
using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes.Rules;

/// <summary>A step of several weights whose formula is x·a + b becomes a multiplication and an addition by weights that are worked out now: batch normalization. What is before it may then take them in.</summary>
public sealed record SplitAffine : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Results is not [var result] || step.Regions.Count > 0 || result.Type.Scalar != Scalar.F32 || step.Reads.Where(v => !v.IsWeight).ToList() is not [var x] || step.Reads.Count() < 3) return null;
        if (step.Reads.Any(v => v.Type.Encoding != new Dense(Scalar.F32))) return null;
        if (Formula.Of(step) is not { HasReduce: false } formula || !formula.ReadsInPlace(x) || x.Type.Shape != result.Type.Shape) return null;
        if (Affine(formula.Number, formula, x) is not ({ } factor, { } offset)) return null;
        if (factor.Free.Union(offset.Free).ToList() is not [var axis] || axis.Extent is not Number || !formula.Axes.Contains(axis)) return null;
        if (!formula.Reads.All(l => formula.Operand(l) == x || l.At.All(e => e is Number || e == (Expr)axis) && formula.Operand(l).Type.Count <= axis.Extent.Whole && l.Outside is null)) return null;


        var place = formula.Axes.Index().First(p => p.Item == axis).Index;
        var type = new TensorType([axis.Extent, .. Enumerable.Repeat((Expr)1, formula.Axes.Count - place - 1)], Scalar.F32);
        var (a, b) = (new Value(around.Fresh(result.Name + ".factor"), type, [Work(factor, formula, axis)]), new Value(around.Fresh(result.Name + ".offset"), type, [Work(offset, formula, axis)]));
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

    /// <summary>The numbers of a formula over weights for each index along an axis.</summary>
    private static Bytes Work(Expr e, Formula formula, Axis axis)
    {
        var numbers = new float[axis.Extent.Whole];
        for (var i = 0; i < numbers.Length; i++)
        {
            var at = i;
            var number = e.Replace(part => part is Load load ? Number.Of(Scalar.F32, Read(formula.Operand(load), load.At.Any(index => index.Mentions(axis)) ? at : 0)) : null);
            numbers[i] = number is Number n ? (float)n.Real : throw new UnreachableException($"{number} does not fold");
        }
        return Bytes.Of<float>(numbers);
    }

    private static double Read(Value weight, int at) => Numbers.Read(Scalar.F32, weight.Planes[0].Span(at * 4, 4), 0);
}
