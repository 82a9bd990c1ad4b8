using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Which values a formula would like to have with axis 1, the channels, innermost in memory.</summary>
internal static class Wishes
{
    /// <summary>A positive vote for channels innermost, a negative one for the order as declared.</summary>
    public static IEnumerable<(Value Value, int Vote)> Of(Formula formula)
    {
        foreach (var reduce in formula.Reduces)
        {
            var loads = reduce.Body.Parts().OfType<Load>().ToList();
            // A window slides along the axis that the result has there too; heads cut out of one axis do not.
            var isWindow = loads.Exists(l => l.At.Index().Any(p => p.Index < formula.Axes.Count && p.Item.Mentions(formula.Axes[p.Index]) && reduce.Axes.Any(p.Item.Mentions)));
            // Axes of the result along which only the weights vary: a contraction's columns.
            var weights = loads.Where(l => formula.Operand(l).IsWeight).ToList();
            var images = loads.Except(weights).ToList();
            var columns = formula.Axes.Index().Where(p => weights.Exists(l => l.Mentions(p.Item)) && !images.Exists(l => l.Mentions(p.Item))).Select(p => p.Index).ToList();
            // An axis that is summed whole, and not one that a window slides along, are the channels.
            bool Sums(Expr index) => reduce.Axes.Any(index.Mentions) && !formula.Axes.Any(index.Mentions);
            if (formula.Axes.Count >= 3 && (isWindow || columns.Count > 0)) yield return (formula.Node.Result, isWindow || columns is [1] ? 1 : columns.Contains(formula.Axes.Count - 1) ? -1 : 0);
            foreach (var load in images)
                // Fewer channels than a vector's least lie better in planes.
                if (isWindow && load.At.Count >= 3 && formula.Operand(load).Type.Shape[1] is Number { Integer: < 4 }) yield return (formula.Operand(load), -1);
                else if (load.At.Count >= 3 && (isWindow || columns.Count > 0))
                    yield return (formula.Operand(load), isWindow || Sums(load.At[1]) ? 1 : Sums(load.At[^1]) ? -1 : 0);
        }
    }

    /// <summary>Whether each axis of an operand of the result's rank is read at a place that depends on that axis alone.</summary>
    public static bool ReadsAxisByAxis(Formula formula, Value operand) => operand.Type.Rank == formula.Axes.Count
        && formula.ReadsOf(operand).All(l => l.At.Index().All(p => formula.Axes.Index().All(a => a.Index == p.Index || !p.Item.Mentions(a.Item))) && !formula.Reduces.Any(r => r.Axes.Any(l.At[1].Mentions)));
}
