using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes.Rules;

/// <summary>Two steps that only move numbers are one where both together are a reshape or a transpose: reshapes, squeezes, flattens and transposes in a row.</summary>
public sealed record MergeMoves : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (Moved(step) is not { } middle || around.Maker(middle) is not { } maker || maker.Results.Count > 1 || Moved(maker) is not { } source || source.Type.Encoding != step.Result.Type.Encoding) return null;
        var both = Formula.Of(Fused.Of(maker, step));
        // A slice is no view, though it may read where it lies.
        if (both?.Number is not Load { Outside: null } load || !Linear.ProvesEqual(source.Type.Size, step.Result.Type.Size)) return null;
        Seq<Expr> at = [.. both.Axes];
        var (from, to) = (new Buffer("from", Scalar.F32, source.Type.Shape), new Buffer("to", Scalar.F32, step.Result.Type.Shape));
        if (Views.Same(from.Flat(load.At), to.Flat(at))) return Extents(to.Shape) is { } shape ? Improvement.To(step with { Op = new Reshape(), Operands = [source, Constants.Wholes(around.Fresh(step.Result.Name + ".shape"), shape)] }) : null;
        if (load.At.Count != at.Count || load.At.Distinct().Count() < at.Count || !load.At.Zip(source.Type.Shape).All(p => p.First is Axis axis && Linear.ProvesEqual(axis.Extent, p.Second))) return null;
        return Improvement.To(step with { Op = new Transpose([.. at.Select(axis => (long)load.At.Index().First(p => p.Item == axis).Index)]), Operands = [source] });
    }

    /// <summary>The one operand that a step only moves.</summary>
    private static Value? Moved(Node step) => step.Regions.Count == 0 && Formula.Of(step) is { Number: Load { Outside: null } load } formula ? formula.Operand(load) : null;

    /// <summary>A shape as Reshape takes it: one dimension that is not known is left open.</summary>
    private static Seq<long>? Extents(Seq<Expr> shape)
    {
        var open = shape.Count(e => e is not Number);
        if (open > 1 || open == 1 && shape.Any(e => e is Number { Integer: 0 })) return null;
        return [.. shape.Select(e => e is Number n ? n.Integer : -1)];
    }
}
