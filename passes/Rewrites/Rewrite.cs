using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>Steps to find in a graph, a condition, and steps to put in their place. Its text is that of <c>grammars/Pipeline.g4</c> and reads back equal.</summary>
/// <param name="Name">As pipelines and notes name it.</param>
/// <param name="IsInexact">Whether results may round otherwise: an exact compilation leaves it out.</param>
/// <param name="Match">What is looked for. The last makes the values that are replaced; all others are what it reads, at any distance.</param>
/// <param name="Where">What must hold besides; null: nothing.</param>
/// <param name="Replace">What takes the place of the last; it makes values of the same names.</param>
public sealed record Rewrite(string Name, bool IsInexact, Seq<Bound> Match, Term? Where, Seq<Bound> Replace)
{
    /// <summary>What makes the values that are replaced.</summary>
    public Bound Root => Match[^1];

    /// <summary>Every part of the pattern, parts of parts included.</summary>
    internal IEnumerable<Part> Sought => Match.SelectMany(b => b.Part.All);

    /// <summary>The text of a file.</summary>
    public override string ToString()
    {
        string Lines(string word, Seq<Bound> bounds) => string.Concat(bounds.Select((b, i) => $"  {(i == 0 ? word : ""),-8}{b}\n"));
        return $"rewrite {Name}{(IsInexact ? " inexact" : "")} {{\n{Lines("match", Match)}{(Where is null ? "" : $"  where   {Where}\n")}{Lines("replace", Replace)}}}\n";
    }
}

/// <summary>Names for what a part of a pattern or of a replacement makes.</summary>
public sealed record Bound(Seq<string> Names, Part Part)
{
    public override string ToString() => $"{string.Join(", ", Names.Select(n => "%" + n))} = {Part}";
}
