namespace Lathe.Onnx;

/// <summary>What each leaf of a forest adds to each target, as a matrix: where it adds nothing stands what changes nothing.</summary>
internal static class LeafWeights
{
    /// <summary>Most numbers of such a matrix.</summary>
    private const long Most = 1L << 28;

    public static double[] Dense(long leaves, long targets, string aggregate, IReadOnlyList<(long Leaf, long Target, double Weight)> weights)
    {
        if (targets <= 0 || leaves > Most / targets) throw new TypeException($"{leaves} leaves for {targets} targets");
        var dense = new double[leaves * targets];
        if (aggregate is "MIN" or "MAX") Array.Fill(dense, aggregate == "MIN" ? double.PositiveInfinity : double.NegativeInfinity);
        foreach (var (leaf, target, weight) in weights)
        {
            if (target < 0 || target >= targets) throw new TypeException($"a leaf adds to target {target} of {targets}");
            ref var at = ref dense[leaf * targets + target];
            at = aggregate switch { "MIN" => Math.Min(at, weight), "MAX" => Math.Max(at, weight), _ => at + weight };
        }
        return dense;
    }
}
