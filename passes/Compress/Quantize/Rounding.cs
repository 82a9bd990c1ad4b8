namespace Lathe.Passes;

/// <summary>A way to choose codes. To add one, add a file with a subclass named after a <see cref="QuantizeMethod"/>.</summary>
internal abstract class Rounding
{
    /// <summary>Whether it asks what weights are multiplied by.</summary>
    public virtual bool NeedsGrams => true;

    /// <summary>Chooses codes for a layer whose columns are known.</summary>
    public abstract Choice Choose(Layer layer, Quantize options);

    /// <summary>Whether it scales channels of inputs first.</summary>
    public virtual bool Scales => false;

    /// <summary>Factors for the channels of a value that layers read; null to leave it.</summary>
    public virtual double[]? Factors(IReadOnlyList<Layer> layers, ValueStatistics seen) => null;

    public static Rounding Of(QuantizeMethod method) => (Rounding)Activator.CreateInstance(typeof(Rounding).Assembly.GetTypes().First(type => type.IsSubclassOf(typeof(Rounding)) && type.Name == method + "Rounding"))!;
}
