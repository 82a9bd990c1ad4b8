using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Where a formula needs no checks: away from the border of a padded image.</summary>
public static class Interior
{
    /// <summary>The condition under which no read of a formula falls outside, whatever some axes are; false where that cannot be said.</summary>
    /// <param name="ranges">Axes and how many steps each takes; those may be more than its extent.</param>
    public static Expr Of(Expr formula, params IReadOnlyCollection<(Axis Axis, long Steps)> ranges)
    {
        Expr inside = true;
        foreach (var load in formula.Parts().OfType<Load>())
            foreach (var (index, extent) in load.At.Zip(load.Buffer.Shape))
            {
                var linear = Linear.Of(index);
                if (linear.Terms.Keys.Any(atom => atom is not Axis && ranges.Any(r => atom.Mentions(r.Axis)))) return false;
                Expr End(bool last) => Linear.Simplify(index.Substitute(ranges.Select(r => (r.Axis, (Expr)(linear[r.Axis] > 0 == last ? r.Steps - 1 : 0)))));
                inside &= Linear.Decided(0 <= End(false)) & Linear.Decided(End(true) < extent);
            }
        return inside;
    }
}
