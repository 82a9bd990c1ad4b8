namespace Lathe.Ir;

/// <summary>What names mean from their definition to the end of their braces.</summary>
internal sealed class Scoped<T> where T : class
{
    private readonly Dictionary<string, T?> meanings = new(StringComparer.Ordinal);
    private readonly List<(string Name, bool Was, T? Before)> changes = [];

    public IEnumerable<string> Names => meanings.Keys;

    public int Mark => changes.Count;

    /// <param name="meaning">Null where the definition was at fault: who uses the name is not to blame.</param>
    public void Define(string name, T? meaning)
    {
        changes.Add((name, meanings.TryGetValue(name, out var before), before));
        meanings[name] = meaning;
    }

    public bool TryFind(string name, out T? meaning) => meanings.TryGetValue(name, out meaning);

    /// <summary>Forgets what was defined since.</summary>
    public void Leave(int mark)
    {
        for (var i = changes.Count - 1; i >= mark; i--)
        {
            var (name, was, before) = changes[i];
            if (was) meanings[name] = before;
            else meanings.Remove(name);
        }
        changes.RemoveRange(mark, changes.Count - mark);
    }
}
