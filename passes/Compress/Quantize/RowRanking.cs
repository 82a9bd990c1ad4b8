using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Which outputs of all layers are worth more bits: a layer's rounded weight alone is put into the model, data tell what that does to the model's outputs, and the layer's
/// outputs share it by what each is off by. After MixLLM (Zheng and others, 2024), which takes a layer's share from gradients of a loss; here it is measured.
/// </summary>
/// <param name="graph">As it is.</param>
/// <param name="share">Of all outputs, those that are chosen.</param>
internal sealed class RowRanking(Graph graph, double share, Compilation compilation)
{
    /// <summary>One output of a layer.</summary>
    /// <param name="Loss">What rounding it takes part in doing to the model's outputs.</param>
    private sealed record Row(WeightUse Use, int Output, double Loss);

    /// <summary>The outputs of each weight that are chosen; a weight of which none is has no entry.</summary>
    /// <param name="rounded">The numbers that the coarse format leaves of each weight.</param>
    public Dictionary<Value, int[]> Of(IEnumerable<(MeasuredLayer Layer, float[] Rounded)> rounded)
    {
        var rows = rounded.SelectMany(one => Rows(one.Layer, one.Rounded)).ToList();
        return rows.OrderByDescending(row => row.Loss).Take((int)Math.Round(share * rows.Count)).GroupBy(row => row.Use.Weight).ToDictionary(group => group.Key, group => group.Select(row => row.Output).Order().ToArray());
    }

    private IEnumerable<Row> Rows(MeasuredLayer layer, float[] rounded)
    {
        var losses = Losses(layer, rounded);
        var (whole, change) = (losses.Sum(), Change(layer.Use.Weight, rounded));
        return losses.Select((loss, output) => new Row(layer.Use, output, whole > 0 ? loss / whole * change : 0));
    }

    /// <summary>What the model's outputs are off by, as a share of their mean square.</summary>
    private double Change(Value weight, float[] rounded)
    {
        var after = graph.Map(v => v == weight ? new(weight.Name, weight.Type, [Bytes.Of<float>(rounded)]) : v);
        var both = OutputChange.Beside(graph, after);
        return compilation.Watcher?.Invoke(both, both.Outputs) is [var seen, ..] ? OutputChange.Share(seen, graph)
            : throw new DiagnosticException([new("LT3205", "quantize: which outputs are worth more bits shows in data, and none was run", "", "--calibrate DATA: the data itself, no statistics of it")]);
    }

    /// <summary>What each output of a layer is off by: (w - ŵ)·H·(w - ŵ)ᵀ, or the plain square where it is not known what the weight is multiplied by.</summary>
    private static double[] Losses(MeasuredLayer layer, float[] rounded)
    {
        var (shape, axis) = (layer.Shape, layer.Use.Output);
        var (inside, outputs) = ((int)shape.Skip(axis + 1).Aggregate(1L, (size, extent) => size * extent.Whole), (int)shape[axis].Whole);
        var losses = new double[outputs];
        if (!layer.IsCalibrated)
        {
            for (var at = 0; at < rounded.Length; at++) losses[at / inside % outputs] += ((double)rounded[at] - layer.Numbers[at]) * (rounded[at] - layer.Numbers[at]);
            return losses;
        }
        foreach (var (group, rows) in layer.RowGroups)
        {
            var energy = MeasuredLayer.Energy(layer.Rows(rows, at => rounded[at] - (double)layer.Numbers[at]), rows.Length, layer.Hessian(group), layer.Matrix!.Columns);
            foreach (var (i, row) in rows.Index()) losses[layer.Matrix.Row[row] / inside % outputs] += energy[i];
        }
        return losses;
    }
}
