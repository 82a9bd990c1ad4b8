using System.Text;

namespace Lathe.Codegen.Package;

/// <summary>Identifiers of C# for names of a model, none given twice.</summary>
internal sealed class CSharpNames(params ReadOnlySpan<string> taken)
{
    // Words that cannot be names, in any place; others are only words of a language where a grammar expects them.
    private static readonly HashSet<string> Keywords = ["abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while"];

    private readonly HashSet<string> used = [.. taken];

    /// <summary>The name in PascalCase, other than all before; names that differ only where C# allows no difference get numbers.</summary>
    /// <param name="fallback">Stands before a name that begins with a digit, or for one without letters.</param>
    public string Pascal(string name, string fallback)
    {
        var (stem, number) = (Words(name, fallback), 2);
        var unique = stem;
        while (!used.Add(unique)) unique = $"{stem}{(char.IsAsciiDigit(stem[^1]) ? "_" : "")}{number++}";
        return unique;
    }

    /// <summary>A name in PascalCase as the name of a parameter.</summary>
    public static string Camel(string pascal)
    {
        // An abbreviation is one word: ID becomes id.
        var capitals = pascal.TakeWhile(char.IsAsciiLetterUpper).Count();
        var lowered = capitals < 2 || capitals == pascal.Length ? capitals : capitals - 1;
        var name = pascal[..lowered].ToLowerInvariant() + pascal[lowered..];
        return Keywords.Contains(name) ? "@" + name : name;
    }

    private static string Words(string name, string fallback)
    {
        var text = new StringBuilder();
        var begins = true;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c)) begins = true;
            else
            {
                text.Append(begins ? char.ToUpperInvariant(c) : c);
                begins = false;
            }
        }
        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? fallback + text : text.ToString();
    }
}
