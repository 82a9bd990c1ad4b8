using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>The rewrites that come with the tool: the files <c>passes/Rules/*.rewrite</c>.</summary>
public static class BuiltInRewrites
{
    private const string Ending = ".rewrite";

    private static readonly ConcurrentDictionary<string, Seq<Rewrite>> Known = new(StringComparer.Ordinal);

    /// <summary>In the order of files, then as they stand there.</summary>
    public static Seq<Rewrite> All => [.. Files.SelectMany(file => Read(file))];

    /// <summary>Those of files that name an operator of the graph: reading text takes longer than most passes, and most models have no use for it.</summary>
    public static Seq<Rewrite> For(Graph graph)
    {
        var verbs = Verbs(graph).ToHashSet(StringComparer.Ordinal);
        return [.. Files.Where(file => Regex.Matches(file.Text, "[a-z0-9_]+").Any(word => verbs.Contains(word.Value))).SelectMany(file => Read(file))];
    }

    private static IEnumerable<string> Verbs(Graph graph) => graph.Nodes.Select(node => node.Op.Name).Concat(graph.Nodes.SelectMany(node => node.Regions.SelectMany(Verbs)));

    private static Seq<Rewrite> Read((string Name, string Text) file) => Known.GetOrAdd(file.Name, _ => PipelineReader.Read(file.Text, file.Name).Rewrites);

    /// <summary>Their texts, by the name of the file.</summary>
    public static IEnumerable<(string Name, string Text)> Files =>
        from name in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.EndsWith(Ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        select (name, Text(name));

    private static string Text(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
