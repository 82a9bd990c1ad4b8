namespace Tally;

/// <summary>Numbers as one cuts them into wood: a bar for each, a slash across every fifth.</summary>
public static class Strokes
{
    public static string Of(int count) => string.Join(' ', Enumerable.Repeat("||||/", count / 5).Append(new string('|', count % 5)).Where(s => s != ""));
}
