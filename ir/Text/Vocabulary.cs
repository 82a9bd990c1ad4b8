using System.Collections.Concurrent;
using System.Reflection;

namespace Lathe.Ir;

/// <summary>
/// Where operators, weight formats, passes and the like are found: in the tool's own assemblies, and in plugins, which are added before anything is read.
/// What a plugin adds has the plugin's name before its own: <c>acme.log5</c>.
/// </summary>
public static class Vocabulary
{
    private static readonly ConcurrentDictionary<Assembly, (string Name, string Domain)> Prefixes = new();
    private static readonly ConcurrentDictionary<Type, Seq<Type>> Known = new();
    private static readonly ConcurrentDictionary<Type, string> Words = new();

    /// <summary>Assemblies that were added, in order of their names.</summary>
    public static IEnumerable<(Assembly Assembly, string Name)> Plugins => Prefixes.Select(p => (p.Key, p.Value.Name)).OrderBy(p => p.Name, StringComparer.Ordinal);

    /// <summary>How many there are: what follows from them is worked out anew when it grows.</summary>
    public static int Version { get; private set; }

    /// <summary>Adds a plugin.</summary>
    /// <param name="name">What stands before the names of all that it adds: an identifier.</param>
    /// <param name="domain">Of its operators in ONNX files.</param>
    public static void Add(Assembly plugin, string name, string domain)
    {
        if (!Prefixes.TryAdd(plugin, (name, domain))) return;
        Known.Clear();
        Words.Clear();
        Version++;
    }

    /// <summary>The name of the plugin that an assembly is; null for any other assembly.</summary>
    public static string? PluginOf(Assembly assembly) => Prefixes.TryGetValue(assembly, out var plugin) ? plugin.Name : null;

    /// <summary>The domain of a class of a plugin; empty for the tool's own.</summary>
    public static string DomainOf(Type type) => Prefixes.TryGetValue(type.Assembly, out var plugin) ? plugin.Domain : "";

    /// <summary>Classes that derive from one and can be made, of the assembly that it is in and of plugins, by name.</summary>
    public static Seq<Type> Of<T>() => Known.GetOrAdd(typeof(T), type =>
        [.. type.Assembly.GetTypes().Concat(Prefixes.Keys.Where(a => a != type.Assembly).SelectMany(a => a.GetExportedTypes())).Where(t => type.IsAssignableFrom(t) && !t.IsAbstract && t != type).OrderBy(Word, StringComparer.Ordinal)]);

    /// <summary>Those of them that plugins brought: nothing is looked for where there are none.</summary>
    public static IEnumerable<Type> Added<T>() => Version == 0 ? [] : Of<T>().Where(type => Prefixes.ContainsKey(type.Assembly));

    /// <summary>What a class is called in texts: <c>max_pool</c>, <c>acme.log5</c>.</summary>
    public static string Word(Type type) => Words.GetOrAdd(type, t => Prefixes.TryGetValue(t.Assembly, out var plugin) ? $"{plugin.Name}.{RecordText.Snake(t.Name)}" : RecordText.Snake(t.Name));
}
