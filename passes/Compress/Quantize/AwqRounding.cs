namespace Lathe.Passes;

/// <summary>To the nearest, in scaled channels: <see cref="AwqScaling"/>.</summary>
internal sealed class AwqRounding : Rounding
{
    public override bool Scales => true;

    public override double[]? Factors(IReadOnlyList<Layer> layers, ValueStatistics seen) => AwqScaling.Factors(layers, seen);

    public override Choice Choose(Layer layer, Quantize options) => new RtnRounding().Choose(layer, options);
}
