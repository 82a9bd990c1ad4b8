namespace ILGPU;

/// <summary>Makes <see cref="Algorithms.XMath"/> known to a context.</summary>
public static class AlgorithmContext
{
    public static Context.Builder EnableAlgorithms(this Context.Builder builder) => builder;
}
