using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Lathe.Cli;

/// <summary>Summaries of types as the compiler wrote them beside the assembly: what a type says of itself in the source is what the tool says of it.</summary>
internal static partial class DocComment
{
    /// <summary>The first sentence of a type's summary in plain text; empty where the file beside the assembly is missing.</summary>
    public static Func<Type, string> Reader(System.Reflection.Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        if (!File.Exists(path)) return _ => "";
        var summaries = XDocument.Load(path).Descendants("member").Where(m => m.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .ToDictionary(m => m.Attribute("name")!.Value[2..], m => m.Element("summary"), StringComparer.Ordinal);
        return type => summaries.GetValueOrDefault(type.FullName ?? "") is { } summary ? FirstSentence(Plain(summary)) : "";
    }

    private static string Plain(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement inner => inner.IsEmpty ? (inner.Attribute("cref") ?? inner.Attribute("name"))?.Value.Split('.', ':')[^1] : Plain(inner),
        _ => "",
    }));

    private static string FirstSentence(string text)
    {
        text = Blanks().Replace(text, " ").Trim();
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).TrimEnd('.');
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
