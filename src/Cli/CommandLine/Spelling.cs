namespace Lathe.Cli;

/// <summary>Finds what was probably meant.</summary>
internal static class Spelling
{
    /// <summary>The word nearest to a misspelt one; null where none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var (nearest, least) = known.Select(k => (k, Distance(word, k))).OrderBy(p => p.Item2).ThenBy(p => p.k, StringComparer.Ordinal).FirstOrDefault();
        return nearest is not null && least <= 1 + word.Length / 4 ? nearest : null;
    }

    /// <summary>Levenshtein's distance: least number of letters inserted, dropped or changed.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
