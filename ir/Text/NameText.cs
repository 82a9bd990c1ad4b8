using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Lathe.Ir;

/// <summary>How names stand in the text: as they are where no reader could take them for anything else, in quotes where he could.</summary>
public static partial class NameText
{
    /// <summary>Words that lead a statement or stand for a number; a dimension or kernel so called is quoted.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "_", "arena", "at", "check", "else", "false", "graph", "if", "in", "inf", "kernel", "least", "let", "loop", "most", "nan", "none", "once",
        "program", "return", "scratch", "slots", "steps", "tensor", "true", "weights", "where", "while", "yield",
    };

    /// <summary>A name behind a <c>%</c> or <c>@</c>: letters, digits, <c>_</c>, <c>.</c>, <c>/</c> and inner <c>:</c> stand bare.</summary>
    public static string Sigiled(string name) => BehindSigil().IsMatch(name) ? name : Quoted(name);

    /// <summary>The name of a dimension, kernel or graph.</summary>
    public static string Bare(string name) => IsFree(name) ? name : Quoted(name);

    /// <summary>Whether a name can stand bare and is neither a word of the language nor one a <c>let</c> could have.</summary>
    public static bool IsFree(string name) => Identifier().IsMatch(name) && !Words.Contains(name) && !name.StartsWith("nan.", StringComparison.Ordinal) && !Let().IsMatch(name);

    /// <summary>What the n-th <c>let</c> of a kernel is called.</summary>
    public static string LetName(int n) => "t" + n.ToString(CultureInfo.InvariantCulture);

    /// <summary>Any text in quotes; control characters and lone surrogates by number, so that a file keeps them.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var paired = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (paired) quoted.Append(c).Append(text[++i]);
            else if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c == '\n') quoted.Append("\\n");
            else if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF') quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>The text that quotes hold.</summary>
    /// <exception cref="FormatException">A backslash stands before something that it does not escape.</exception>
    public static string Unquoted(string quoted)
    {
        var text = new StringBuilder();
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] != '\\') { text.Append(quoted[i]); continue; }
            switch (quoted[++i])
            {
                case 'n': text.Append('\n'); break;
                case '"' or '\\': text.Append(quoted[i]); break;
                case 'u' when i + 5 < quoted.Length && ushort.TryParse(quoted.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                    text.Append((char)code);
                    i += 4;
                    break;
                default: throw new FormatException($"\\{quoted[i]} escapes nothing; \\n, \\\", \\\\ and \\u with four digits do");
            }
        }
        return text.ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_./]+(:[A-Za-z0-9_./]+)*\z")]
    private static partial Regex BehindSigil();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.]*\z")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\At[0-9]+\z")]
    private static partial Regex Let();
}
