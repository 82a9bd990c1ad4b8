namespace Lathe.Ir;

/// <summary>Which numbers of a tensor share the parameters of a grid: those of one index of an axis, or runs along it.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Group">Numbers in a run, the last of a row may be shorter; 0: a group is all that has one index of the axis.</param>
public readonly record struct Partition(int Axis, long Group)
{
    /// <summary>One place for each group.</summary>
    public Shape Shape(Shape shape) => Group == 0 ? [shape[Axis]] : shape.With(Axis, Linear.Simplify((shape[Axis] + (Group - 1)) / Group));

    /// <summary>The place of the group that holds a number.</summary>
    public Seq<Expr> At(Seq<Expr> at) => Group == 0 ? [at[Axis]] : at.With(Axis, Linear.Simplify(at[Axis] / Group));

    /// <summary>Groups of a static shape.</summary>
    public int Count(Shape shape) => checked((int)Shape(shape).Aggregate(1L, (size, extent) => size * extent.Whole));

    /// <summary>The places of a group's numbers, counted in row-major order.</summary>
    public int[] Members(Shape shape, int group)
    {
        var (outer, extent, inner) = Around(shape);
        if (Group == 0)
        {
            var all = new int[outer * inner];
            for (var o = 0; o < outer; o++) for (var i = 0; i < inner; i++) all[o * inner + i] = (o * extent + group) * inner + i;
            return all;
        }
        var runs = (int)((extent + Group - 1) / Group);
        var (o2, run, i2) = (group / inner / runs, group / inner % runs, group % inner);
        var members = new int[Math.Min((int)Group, extent - run * (int)Group)];
        for (var t = 0; t < members.Length; t++) members[t] = (o2 * extent + run * (int)Group + t) * inner + i2;
        return members;
    }

    /// <summary>The group of a number, given its place in row-major order.</summary>
    public int Of(Shape shape, int place)
    {
        var (_, extent, inner) = Around(shape);
        var (index, runs) = (place / inner % extent, (int)((extent + Group - 1) / Math.Max(1, Group)));
        return Group == 0 ? index : (place / inner / extent * runs + index / (int)Group) * inner + place % inner;
    }

    private (int Outer, int Extent, int Inner) Around(Shape shape)
    {
        var (outer, inner) = (1L, 1L);
        for (var i = 0; i < shape.Count; i++)
            if (i < Axis) outer *= shape[i].Whole;
            else if (i > Axis) inner *= shape[i].Whole;
        return (checked((int)outer), checked((int)shape[Axis].Whole), checked((int)inner));
    }
}
