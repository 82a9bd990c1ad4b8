using System.Reflection;
using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>The rewrites that come with the tool: the files <c>passes/Rules/*.rewrite</c>.</summary>
public static class BuiltInRewrites
{
    private const string Ending = ".rewrite";

    /// <summary>In the order of files, then as they stand there.</summary>
    public static Seq<Rewrite> All { get; } = [.. Files.SelectMany(file => PipelineReader.Read(file.Text, file.Name).Rewrites)];

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
