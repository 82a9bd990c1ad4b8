namespace Lathe.Ir;

/// <summary>The name that somebody who mistyped may have meant.</summary>
public static class Nearest
{
    /// <returns>The first of the names with the fewest letters to change, if few enough; else null.</returns>
    public static string? To(string name, IEnumerable<string> there)
    {
        var most = Math.Max(1, name.Length / 3);
        return there.Distinct().Select(other => (Name: other, Steps: Steps(name, other, most))).Where(o => o.Steps <= most)
            .OrderBy(o => o.Steps).ThenBy(o => o.Name, StringComparer.Ordinal).Select(o => o.Name).FirstOrDefault();
    }

    /// <summary>Letters to insert, delete or replace, case aside; more than <paramref name="most"/> if many.</summary>
    private static int Steps(string a, string b, int most)
    {
        if (Math.Abs(a.Length - b.Length) > most) return most + 1;
        var above = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                row[j] = Math.Min(above[j - 1] + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1), Math.Min(above[j], row[j - 1]) + 1);
            above = row;
        }
        return above[b.Length];
    }
}
