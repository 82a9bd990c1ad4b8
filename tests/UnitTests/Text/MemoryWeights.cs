using Lathe.Ir;

namespace Lathe.UnitTests.Text;

/// <summary>Planes that a test printed, by their hash.</summary>
internal sealed class MemoryWeights(IEnumerable<Bytes> planes) : IWeightSource
{
    private readonly List<Bytes> planes = [.. planes];

    public Bytes? Find(string hash) => planes.Find(p => p.Hash.StartsWith(hash, StringComparison.Ordinal));
}
