using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>A pattern of names: <c>*</c> is any text, slashes included, <c>?</c> any one character. It must cover the whole name.</summary>
public sealed record Glob(string Pattern)
{
    /// <summary>In time proportional to the product of both lengths, whatever the pattern: names and patterns are anybody's.</summary>
    public bool Covers(string name)
    {
        var (at, star, from) = (0, -1, 0);
        for (var i = 0; i < name.Length;)
        {
            if (at < Pattern.Length && Pattern[at] == '*') (star, from) = (at++, i);
            else if (at < Pattern.Length && (Pattern[at] == '?' || Pattern[at] == name[i])) (at, i) = (at + 1, i + 1);
            else if (star >= 0) (at, i) = (star + 1, ++from);
            else return false;
        }
        while (at < Pattern.Length && Pattern[at] == '*') at++;
        return at == Pattern.Length;
    }

    public override string ToString() => NameText.Quoted(Pattern);
}
