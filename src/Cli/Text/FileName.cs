namespace Lathe.Cli;

/// <summary>Names of values as names of files.</summary>
internal static class FileName
{
    /// <summary>Slashes and what else a path cannot hold become underscores.</summary>
    public static string Of(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).TrimStart('.') is { Length: > 0 } file ? file : "_";
}
