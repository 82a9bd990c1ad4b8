namespace Lathe.Cli;

/// <summary>A rule in Make's form that says what files were made from, as compilers write it for <c>-MD</c>.</summary>
internal static class DependencyRule
{
    public static string Print(IEnumerable<string> made, IEnumerable<string> from) => $"{string.Join(" \\\n  ", made.Select(Escaped))}: \\\n  {string.Join(" \\\n  ", from.Select(Escaped))}\n";

    private static string Escaped(string path) => path.Replace("$", "$$", StringComparison.Ordinal).Replace("#", "\\#", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);
}
