using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Several axes counted as one, the last fastest.</summary>
public sealed record Flattened(Seq<Axis> Axes)
{
    public Expr Extent => Axes.Aggregate((Expr)1, (size, axis) => Linear.Simplify(size * axis.Extent));

    /// <summary>The extent where it is known, else 0.</summary>
    public long Static => Extent is Number n ? n.Integer : 0;

    /// <summary>Each axis's index at a flat position.</summary>
    public IEnumerable<(Axis Axis, Expr Index)> At(Expr position)
    {
        Expr inner = 1;
        for (var i = Axes.Count - 1; i >= 0; i--)
        {
            var axis = Axes[i];
            yield return (axis, axis.Extent is Number { Integer: 1 } ? 0 : Linear.Simplify(i == 0 ? position / inner : position / inner % axis.Extent));
            inner = Linear.Simplify(inner * axis.Extent);
        }
    }
}
