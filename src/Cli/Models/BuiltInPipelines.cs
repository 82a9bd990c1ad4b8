namespace Lathe.Cli;

/// <summary>Pipelines that come with the tool, as text that <c>--pipeline</c> and <c>include</c> take by name: <c>lathe:default</c>, and one for each preset of <c>--quantize</c>.</summary>
internal static class BuiltInPipelines
{
    private const string Prefix = "lathe:";

    /// <summary>By name.</summary>
    public static IEnumerable<string> Names => PassOptions.Named.Order(StringComparer.Ordinal).Prepend("default").Select(name => Prefix + name);

    public static bool Is(string path) => path.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The text of one; null where none is called so.</summary>
    public static string? Text(string name) => !Names.Contains(name, StringComparer.Ordinal) ? null
        : (new PassOptions(Quantize: name == Prefix + "default" ? null : name[Prefix.Length..]).Whole with { Name = name }).Print();
}
