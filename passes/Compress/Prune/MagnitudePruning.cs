using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What is largest is kept: of blocks, those of largest norm. Han and others, Learning both weights and connections (2015).</summary>
internal sealed class MagnitudePruning : Pruning
{
    public override float[] Prune(PruneLayer layer, Sparse format, Prune options) => layer.Kept(format.Mask(layer.Numbers, layer.Shape));
}
