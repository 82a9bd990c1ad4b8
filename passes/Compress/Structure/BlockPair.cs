using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Two residual blocks of the same steps: one could compute with the other's matrices.</summary>
/// <param name="Giver">Whose matrices both have then.</param>
/// <param name="Taker">Whose go.</param>
/// <param name="Matrices">Those of the taker, and what stands in for each.</param>
internal sealed record BlockPair(ResidualBlock Giver, ResidualBlock Taker, IReadOnlyDictionary<Value, Value> Matrices)
{
    /// <summary>Each block and the next of its structure, either way round.</summary>
    /// <param name="blocks">In the order of their sums.</param>
    public static List<BlockPair> Of(IReadOnlyList<ResidualBlock> blocks)
    {
        var pairs = new List<BlockPair>();
        for (var i = 0; i < blocks.Count; i++)
            for (var j = i + 1; j < blocks.Count; j++)
                if (!blocks[i].Steps.Contains(blocks[j].Sum) && !blocks[j].Steps.Contains(blocks[i].Sum) && Same(blocks[i], blocks[j]) is { } there && Same(blocks[j], blocks[i]) is { } back)
                {
                    pairs.Add(new(blocks[j], blocks[i], there));
                    pairs.Add(new(blocks[i], blocks[j], back));
                    break;
                }
        return pairs;
    }

    /// <summary>For each matrix of a block that of another; null where they are not the same steps, or nothing differs.</summary>
    private static Dictionary<Value, Value>? Same(ResidualBlock block, ResidualBlock other)
    {
        if (block.Steps.Count != other.Steps.Count) return null;
        var (values, matrices) = (new Dictionary<Value, Value> { [block.Input] = other.Input }, new Dictionary<Value, Value>());
        foreach (var (a, b) in block.Steps.Zip(other.Steps))
        {
            if (a.Op != b.Op || a.Regions.Count > 0 || b.Regions.Count > 0 || a.Operands.Count != b.Operands.Count || a.Results.Count != b.Results.Count) return null;
            if (!a.Operands.Zip(b.Operands).All(p => p is (null, null) || p is ({ } x, { } y) && Fits(x, y))) return null;
            foreach (var (x, y) in a.Results.Zip(b.Results))
            {
                if (x.Type != y.Type) return null;
                values[x] = y;
            }
        }
        return matrices.Count > 0 && values.GetValueOrDefault(block.Branch) == other.Branch ? matrices : null;

        bool Fits(Value x, Value y)
        {
            if (values.TryGetValue(x, out var known)) return known == y;
            if (x == y) return true;
            if (!x.IsWeight || !y.IsWeight || x.Type != y.Type) return false;
            if (x.Type is { Rank: >= 2, Encoding: Dense { Kind: Scalar.F32 } } && x.Type.Shape.Count(e => e.Whole > 1) > 1) return matrices.TryAdd(x, y) || matrices[x] == y;
            // Vectors stay a block's own; what says shapes and places must be the same.
            return x.Type.Scalar == Scalar.F32 || x.Planes.Zip(y.Planes).All(p => p.First.Hash == p.Second.Hash);
        }
    }
}
