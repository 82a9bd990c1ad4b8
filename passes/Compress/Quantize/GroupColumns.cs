using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Which columns of a row share a grid.</summary>
/// <param name="OfColumn">The number of a column's group in its row.</param>
/// <param name="Columns">The columns of each group of a row.</param>
internal sealed record GroupColumns(int[] OfColumn, int[][] Columns)
{
    /// <summary>Null where a grid is shared by several rows.</summary>
    public static GroupColumns? Of(Layer layer, int row)
    {
        var (matrix, ids, of, columns) = (layer.Matrix!, new Dictionary<int, int>(), new int[layer.Matrix!.Columns], new List<List<int>>());
        for (var c = 0; c < of.Length; c++)
        {
            var id = layer.Partition.Of(layer.Shape, matrix.Row[row] + matrix.Column[c]);
            if (!ids.TryGetValue(id, out of[c]))
            {
                ids[id] = of[c] = columns.Count;
                columns.Add([]);
            }
            columns[of[c]].Add(c);
        }
        return ids.All(p => layer.Partition.Members(layer.Shape, p.Key).Length == columns[p.Value].Count) ? new(of, [.. columns.Select(c => c.ToArray())]) : null;
    }

    /// <summary>The group of the whole weight.</summary>
    public int Id(Layer layer, int row, int group) => layer.Partition.Of(layer.Shape, layer.Matrix!.Row[row] + layer.Matrix.Column[Columns[group][0]]);
}
