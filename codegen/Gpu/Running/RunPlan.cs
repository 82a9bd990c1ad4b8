using Lathe.Ir;

namespace Lathe.Codegen.Gpu;

/// <summary>What a run needs that depends on its dimensions alone: where everything lies, and the launches once they were taken down.</summary>
/// <param name="symbols">The number of each dimension; a run may add those that data decide.</param>
internal sealed class RunPlan(SortedDictionary<string, long> symbols) : IDisposable
{
    public SortedDictionary<string, long> Symbols => symbols;

    public Dictionary<string, (long Offset, long Bytes)> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes of the arena.</summary>
    public long Arena { get; init; }

    /// <summary>Bytes of all that a run places.</summary>
    public long Top { get; private set; }

    /// <summary>Whether it ran before: what is made when first asked for is there.</summary>
    public bool HasRun { get; set; }

    public IRecording? Recording { get; set; }

    public void Place(string name, long bytes)
    {
        Places[name] = (Top, bytes);
        Top = Aligned(Top + bytes);
    }

    /// <summary>Makes room behind the arena.</summary>
    public void Start() => Top = Aligned(Arena);

    public void Dispose() => Recording?.Dispose();

    /// <summary>Where the next array may begin.</summary>
    public static long Aligned(long bytes)
    {
        const int alignment = 256;
        return (bytes + alignment - 1) / alignment * alignment;
    }
}
