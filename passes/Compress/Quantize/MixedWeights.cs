using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Weights of which some outputs have a format of their own. Codes of an output are chosen as in a weight that has only one of the formats, by any method.</summary>
internal static class MixedWeights
{
    /// <summary>The format of outputs that are worth more.</summary>
    public static readonly Grouped Fine = new Uniform(new(true, 8));

    /// <summary>The format of a weight some outputs of which are kept in <see cref="Fine"/>; that of the others alone where the step has no product that could be made in two parts.</summary>
    public static Encoding Placed(WeightUse use, Grouped coarse, int[] kept)
    {
        var (shape, outputs) = (use.Weight.Type.Shape, use.Weight.Type.Shape[use.Output].Whole);
        if (kept.Length == outputs) return Fine.Placed(use.Input, use.Output, use.Weight.Type.Rank);
        if (kept.Length == 0) return coarse;
        var mixed = new MixedRows(kept.Length, use.Output, use.Input, Fine, coarse);
        return WeightProduct.Of(use.Node, use.Weight, use.Output, name => name) is not null ? mixed : coarse;
    }

    /// <summary>The planes, and the numbers that they stand for.</summary>
    /// <param name="layer">The weight with the format of the other outputs.</param>
    /// <param name="kept">The outputs that are kept, in order.</param>
    public static (Seq<Bytes> Planes, float[] After) Choose(Layer layer, MixedRows mixed, int[] kept, Quantize options, QuantizeMethod method, Calibration? calibration)
    {
        var rounding = Rounding.Of(method);
        var fine = new Layer(layer.Use, Fine.Placed(layer.Use.Input, layer.Use.Output, layer.Shape.Count), layer.Numbers, calibration);
        var (high, low) = (rounding.Choose(fine, options), rounding.Choose(layer, options));
        var (after, sharp) = (low.Numbers(layer), high.Numbers(fine));
        var (above, below) = (mixed.Spots(kept, layer.Shape), mixed.Spots(mixed.Left(kept, layer.Shape), layer.Shape));
        foreach (var at in above) after[at] = sharp[at];
        var parts = mixed.Parts(layer.Shape);
        return ([Numbers.Pack(parts[0].Type.Scalar, mixed.Order(kept, layer.Shape)), .. Taken(fine, high, above, parts[1].Type), .. Taken(layer, low, below, parts[2].Type)], after);
    }

    /// <summary>The planes of some outputs: their codes, and the grids of their groups.</summary>
    private static Seq<Bytes> Taken(Layer layer, Choice choice, int[] spots, TensorType type)
    {
        var format = (Grouped)type.Encoding;
        var partition = format.Partition(type.Shape);
        int[] codes = [.. spots.Select(at => choice.Codes[at])];
        // A group that holds numbers of several has no grid.
        if (Enumerable.Range(0, partition.Count(type.Shape)).Any(g => partition.Members(type.Shape, g).Select(at => layer.Partition.Of(layer.Shape, spots[at])).Distinct().Skip(1).Any()))
            throw new DiagnosticException([new("LT3204", $"quantize: groups of {format} hold several outputs of {layer.Use.Weight}, of which mixed_rows would keep some", layer.Use.Node.Result.Name, "groups along the inputs, the usual ones: leave axis= out, or mixed_rows")]);
        Grid[] grids = [.. Enumerable.Range(0, partition.Count(type.Shape)).Select(g => choice.Grids[layer.Partition.Of(layer.Shape, spots[partition.Members(type.Shape, g)[0]])])];
        return format.Pack(format.Laid(codes, type.Shape), grids, type.Shape);
    }
}
