using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Lathe.Cli;

/// <summary>Summaries of types as the compiler wrote them beside the assembly: what a type says of itself in the source is what the tool says of it.</summary>
internal static partial class DocComment
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<System.Reflection.Assembly, XDocument> Summaries = [];

    /// <summary>The first sentence of a type's summary in plain text; empty where the file beside the assembly is missing.</summary>
    public static Func<Type, string> Reader(System.Reflection.Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        if (!File.Exists(path)) return _ => "";
        var summaries = XDocument.Load(path).Descendants("member").Where(m => m.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .ToDictionary(m => m.Attribute("name")!.Value[2..], m => m.Element("summary"), StringComparer.Ordinal);
        return type => summaries.GetValueOrDefault(type.FullName ?? "") is { } summary ? FirstSentence(Plain(summary)) : "";
    }

    /// <summary>The opset that an operator's summary names at its end; empty where it names none.</summary>
    public static string Opset(Type type)
    {
        var path = Path.ChangeExtension(type.Assembly.Location, ".xml");
        if (!File.Exists(path)) return "";
        var summary = Summaries.GetValue(type.Assembly, _ => XDocument.Load(path)).Descendants("member").FirstOrDefault(m => m.Attribute("name")!.Value == $"T:{type.FullName}")?.Element("summary");
        return summary is not null && Version().Match(summary.Value) is { Success: true } found ? found.Groups[1].Value : "";
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

    [GeneratedRegex(@"opset (\d+)")]
    private static partial Regex Version();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
