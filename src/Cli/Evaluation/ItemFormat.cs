namespace Lathe.Cli;

/// <summary>A form of file or folder that a data set is read from. To add one, add a file with a subclass.</summary>
internal abstract class ItemFormat
{
    /// <summary>What it is, in a word or two.</summary>
    public abstract string Name { get; }

    public abstract bool Opens(string path);

    /// <param name="wanted">The input that takes the items; an item has its axes, the first perhaps aside.</param>
    public abstract Items Open(string path, Value wanted, DataOptions options);

    /// <summary>The items of a path; a name behind a colon picks an array of an archive.</summary>
    /// <exception cref="DiagnosticException">LT5306: no form fits.</exception>
    public static Items Read(Value wanted, DataOptions options)
    {
        var path = options.Data;
        var all = typeof(ItemFormat).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ItemFormat)) && !t.IsAbstract).Select(t => (ItemFormat)Activator.CreateInstance(t)!).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        var format = all.Find(f => f.Opens(path))
            ?? throw new DiagnosticException(File.Exists(path) || Directory.Exists(path) ? new("LT5306", $"a data set cannot be read from {path}", "", $"it may be {string.Join(", ", all.Select(f => f.Name))}") : InputFault.NoFile(path).Diagnostics[0]);
        var items = format.Open(path, wanted, options);
        return options.Limit > 0 && options.Limit < items.Count ? new(options.Limit, items.At) : items;
    }
}
