namespace Lathe.Onnx;

/// <summary>The known word that a word was perhaps meant to be.</summary>
internal static class Spelling
{
    /// <summary>The word with the fewest letters changed, or empty where more than a third would have to.</summary>
    public static string Nearest(string word, IEnumerable<string> known)
    {
        var (best, least) = ("", word.Length / 3 + 1);
        foreach (var candidate in known.Order(StringComparer.Ordinal))
        {
            if (Math.Abs(candidate.Length - word.Length) >= least) continue;
            var distance = Distance(word, candidate);
            if (distance < least) (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Levenshtein's distance, capitals and small letters alike.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0]++;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = corner + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                (corner, row[j]) = (row[j], Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1));
            }
        }
        return row[^1];
    }
}
