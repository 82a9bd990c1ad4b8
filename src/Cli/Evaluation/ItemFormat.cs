namespace Lathe.Cli;

/// <summary>A form of file or folder that a data set is read from. To add one, add a file with a subclass.</summary>
internal abstract class ItemFormat
{
    /// <summary>What it is, in a word or two.</summary>
    public abstract string Name { get; }

    public abstract bool Opens(string path);

    /// <param name="wanted">The input that takes the items; an item has its axes, the first perhaps aside.</param>
    public abstract Items Open(string path, Value wanted, ItemOptions options);

    /// <summary>The items of a path; a name behind a colon picks an array of an archive.</summary>
    /// <exception cref="DiagnosticException">LT5306: no form fits.</exception>
    /// <param name="limit">Most items; 0 for all.</param>
    public static Items Read(string path, Value wanted, ItemOptions options, int limit)
    {
        var all = typeof(ItemFormat).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ItemFormat)) && !t.IsAbstract).Select(t => (ItemFormat)Activator.CreateInstance(t)!).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        var format = all.Find(f => f.Opens(path))
            ?? throw new DiagnosticException(File.Exists(path) || Directory.Exists(path) ? new("LT5306", $"a data set cannot be read from {path}", "", $"it may be {string.Join(", ", all.Select(f => f.Name))}") : InputFault.NoFile(path).Diagnostics[0]);
        var items = format.Open(path, wanted, options);
        return limit > 0 && limit < items.Count ? new(limit, items.At) : items;
    }
}
