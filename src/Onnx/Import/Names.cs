namespace Lathe.Onnx;

/// <summary>The names of a model's values: fresh ones never meet those of the file.</summary>
internal sealed class Names(IEnumerable<string> taken)
{
    private readonly HashSet<string> taken = new(taken, StringComparer.Ordinal);

    /// <summary>A name like this one that nothing has.</summary>
    public string Fresh(string near)
    {
        if (taken.Add(near)) return near;
        for (var i = 2; ; i++)
            if (taken.Add($"{near}.{i}")) return $"{near}.{i}";
    }
}
