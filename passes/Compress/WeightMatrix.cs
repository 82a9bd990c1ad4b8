using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A weight of products as a matrix: what is summed lies along a row. Along a row the input axis runs fastest, so that groups of it are runs.</summary>
/// <param name="Row">The place in the weight of each row's number 0.</param>
/// <param name="Column">How far from there each column's number is.</param>
public sealed record WeightMatrix(int[] Row, int[] Column)
{
    public int Rows => Row.Length;
    public int Columns => Column.Length;

    /// <summary>Null where the weight is no matrix of the formula: an axis is read at more than an index of its own.</summary>
    public static WeightMatrix? Of(WeightUse use)
    {
        if (use.Kind == WeightKind.Rows || !use.Weight.Type.IsStatic || Read(use) is not { } read) return null;
        var shape = use.Weight.Type.Shape;
        var (rows, columns) = (Axes(use, read, summed: false), Axes(use, read, summed: true));
        return new(Places(shape, rows), Places(shape, columns));
    }

    /// <summary>The read of the weight in its step's sum, where each axis is read at an index of its own.</summary>
    internal static Load? Read(WeightUse use)
    {
        var formula = Formula.Of(use.Node)!;
        var read = formula.ReadsOf(use.Weight).First();
        if (read.At.OfType<Axis>().Distinct().Count() != read.At.Count(e => e is Axis)) return null;
        return read.At.Index().All(p => p.Item is Axis axis && Linear.ProvesEqual(axis.Extent, use.Weight.Type.Shape[p.Index]) || p.Item is Number { Integer: 0 } && use.Weight.Type.Shape[p.Index] is Number { Integer: 1 }) ? read : null;
    }

    /// <summary>Axes of the weight, the slowest first.</summary>
    internal static Seq<int> Axes(WeightUse use, Load read, bool summed)
    {
        var sum = Formula.Of(use.Node)!.Reduces.First();
        var all = Enumerable.Range(0, read.At.Count).Where(i => read.At[i] is Axis axis && sum.Axes.Contains(axis) == summed);
        return summed ? [.. all.Where(i => i != use.Input), .. all.Where(i => i == use.Input)] : [.. all];
    }

    private static int[] Places(Seq<Expr> shape, Seq<int> axes)
    {
        var places = new List<int> { 0 };
        foreach (var axis in axes)
        {
            var (extent, step) = ((int)shape[axis].Whole, (int)shape.Skip(axis + 1).Aggregate(1L, (size, e) => size * e.Whole));
            places = [.. places.SelectMany(place => Enumerable.Range(0, extent).Select(i => place + i * step))];
        }
        return [.. places];
    }
}
