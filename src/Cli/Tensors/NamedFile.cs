namespace Lathe.Cli;

/// <summary>A file given for an input or output: <c>x=x.npy</c>, or <c>x.npy</c> where the name is clear.</summary>
/// <param name="Name">Empty where none was given.</param>
public sealed record NamedFile(string Name, string Path)
{
    /// <exception cref="UsageException">There is a name and no file.</exception>
    public static NamedFile Parse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign < 0 || File.Exists(text)) return new("", text);
        if (sign == text.Length - 1) throw new UsageException($"'{text}' names no file", "write NAME=FILE");
        return new(text[..sign], text[(sign + 1)..]);
    }
}
