using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What pruning keeps or drops together: numbers of one weight, by a pattern that a sparse format stores, or whole units of the graph, which is smaller and dense then.</summary>
/// <param name="Numbers">The pattern of single weights; null: units.</param>
/// <param name="Units">Which units; null: numbers.</param>
public sealed record PrunePattern(SparsePattern? Numbers, UnitKind? Units)
{
    /// <summary><c>4x1</c>, <c>2:4</c>, <c>unstructured</c>; or <c>channels</c>, <c>heads</c>, <c>neurons</c>.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static PrunePattern Parse(string text)
    {
        foreach (var kind in Enum.GetValues<UnitKind>()) if (RecordText.Show(kind) == text) return new(null, kind);
        return new(SparsePattern.Parse(text), null);
    }

    public override string ToString() => Numbers?.ToString() ?? RecordText.Show(Units);
}
