namespace Lathe.Onnx;

/// <summary>The names of a model's values: fresh ones never meet those of the file.</summary>
internal sealed class Names(IEnumerable<string> taken)
{
    private const int MostShown = 4;

    private HashSet<string> taken = new(taken, StringComparer.Ordinal);

    /// <summary>The names that are taken now.</summary>
    public IReadOnlySet<string> Copy() => new HashSet<string>(taken, StringComparer.Ordinal);

    /// <summary>Makes names free that were taken since.</summary>
    public void Restore(IReadOnlySet<string> before) => taken = new(before, StringComparer.Ordinal);

    /// <summary>A name like this one that nothing has.</summary>
    public string Fresh(string near)
    {
        if (taken.Add(near)) return near;
        for (var i = 2; ; i++)
            if (taken.Add($"{near}.{i}")) return $"{near}.{i}";
    }

    /// <summary>The first few of many names, and how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> names) => string.Join(", ", names.Take(MostShown)) + (names.Count > MostShown ? $" and {names.Count - MostShown} more" : "");
}
