using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Each number to the nearest of its group's best grid; what is multiplied by larger numbers counts for more where that is known.</summary>
internal sealed class RtnRounding : Rounding
{
    public override bool NeedsGrams => false;

    public override Choice Choose(Layer layer, Quantize options)
    {
        var (codes, grids) = layer.Format.Choose(layer.Numbers, layer.Importance(), layer.Shape);
        return new(codes, grids);
    }
}
