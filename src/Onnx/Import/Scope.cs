namespace Lathe.Onnx;

/// <summary>What names of a graph mean: a graph inside sees those of the graphs around it, and may call a value of its own like one of them.</summary>
/// <param name="outer">Of the graph around; null for the model's own.</param>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, string> own = new(StringComparer.Ordinal);

    /// <summary>Every name that can be read here.</summary>
    public IEnumerable<string> Visible => own.Keys.Concat(outer?.Visible ?? []).Distinct(StringComparer.Ordinal);

    /// <summary>The unique name of a value; the name itself where it means nothing.</summary>
    public string this[string name]
    {
        get => own.TryGetValue(name, out var unique) ? unique : outer is null ? name : outer[name];
        set => own[name] = value;
    }
}
