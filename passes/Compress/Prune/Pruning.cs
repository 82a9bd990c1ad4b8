using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A way to decide which numbers are kept. To add one, add a file with a subclass named after a <see cref="PruneMethod"/>.</summary>
internal abstract class Pruning
{
    /// <summary>The numbers that are left, in the weight's own order: as many as the format keeps, the rest 0.</summary>
    public abstract float[] Prune(PruneLayer layer, Sparse format, Prune options);

    public static Pruning Of(PruneMethod method) => (Pruning)Activator.CreateInstance(typeof(Pruning).Assembly.GetTypes().First(type => type.IsSubclassOf(typeof(Pruning)) && type.Name == method + "Pruning"))!;
}
