using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Codes chosen for a weight.</summary>
/// <param name="Codes">One for each number, in the weight's own order.</param>
/// <param name="Grids">One for each group.</param>
internal sealed record Choice(int[] Codes, Grid[] Grids)
{
    public Seq<Bytes> Planes(Layer layer) => layer.Format.Pack(layer.Format.Laid(Codes, layer.Shape), Grids, layer.Shape);

    /// <summary>The numbers that the codes stand for.</summary>
    public float[] Numbers(Layer layer)
    {
        var all = new float[Codes.Length];
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(0, Grids.Length), range =>
        {
            for (var g = range.Item1; g < range.Item2; g++)
                foreach (var place in layer.Partition.Members(layer.Shape, g)) all[place] = Grids[g][Codes[place]];
        });
        return all;
    }
}
