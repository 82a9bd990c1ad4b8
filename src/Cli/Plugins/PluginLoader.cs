using System.Reflection;
using Lathe.Passes;
using Lathe.Passes.Rewrites;
using Lathe.Sdk;

namespace Lathe.Cli;

/// <summary>Loads plugins: assemblies that say <see cref="PluginAttribute"/>, named on the command line or in a <c>lathe.json</c> of this folder or one above.</summary>
internal static class PluginLoader
{
    private const string Option = "--plugin";

    private static readonly List<(string Plugin, string File, IReadOnlyList<string> Needs)> Loaded = [];

    /// <summary>Plugins and their files, by name: of each its own, then those that came with it for it to use.</summary>
    public static IEnumerable<(string Plugin, string File)> Named =>
        Loaded.OrderBy(p => p.Plugin, StringComparer.Ordinal).SelectMany(p => p.Needs.Order(StringComparer.Ordinal).Select(n => ($"{p.Plugin}_{Path.GetFileName(n)}", n)).Prepend((p.Plugin, p.File)));

    /// <summary>Plugins' files, with what came with them.</summary>
    public static IReadOnlyList<string> Files => [.. Named.Select(p => p.File).Distinct(StringComparer.Ordinal)];

    /// <summary>Loads what a command line names, and what the folder does.</summary>
    /// <exception cref="DiagnosticException">LT0201 there is none, or it is none; LT0202 it was made for another version; LT0203 what lathe.json says; LT0205 what it needs did not come with it.</exception>
    public static void Load(IEnumerable<string> named)
    {
        var folder = PluginSettings.Nearest() is { } file ? PluginSettings.Read(file) : null;
        foreach (var path in named.Concat(folder?.Plugins ?? []).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)) LoadOne(path, () => PluginContext.OfFile(path));
        foreach (var (id, version) in folder?.Packages ?? [])
        {
            var package = PluginPackage.Find(id, version, folder!.File);
            var context = PluginContext.Of($"{id} {version}", package);
            foreach (var path in package.Plugins) LoadOne(path, () => context);
        }
    }

    /// <summary>Whether a command would load plugins here.</summary>
    public static bool IsAsked(IEnumerable<string> words) => PluginSettings.Nearest() is not null || words.Any(word => word == Option || word.StartsWith($"{Option}=", StringComparison.Ordinal) || word.StartsWith($"{Option}:", StringComparison.Ordinal));

    private static void LoadOne(string path, Func<PluginContext> into)
    {
        if (Loaded.Exists(p => p.File == path)) return;
        if (!File.Exists(path)) throw Fault("LT0201", path, "there is no such plugin", "build it first: dotnet build; the file lies in bin/Debug/net10.0");
        Assembly assembly;
        PluginContext context;
        try { assembly = (context = into()).LoadFromAssemblyPath(path); }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException) { throw Fault("LT0201", path, "this is no assembly of .NET", "give the .dll of a class library that references Lathe.Sdk"); }
        foreach (var reference in assembly.GetReferencedAssemblies().Where(a => a.Name is "Lathe.Sdk" or "Lathe.Ir" or "Lathe.Passes"))
            if (typeof(PluginAttribute).Assembly.GetName().Version is { } own && reference.Version is { } made && !Fits(own, made))
                throw Fault("LT0202", path, $"it was built with {reference.Name} {made.ToString(3)}, this is {own.ToString(3)}", $"build it again with Lathe.Sdk {own.ToString(3)}");
        PluginAttribute plugin;
        IReadOnlyList<string> needs;
        try
        {
            plugin = assembly.GetCustomAttribute<PluginAttribute>() ?? throw Fault("LT0201", path, "this assembly is no plugin", "write [assembly: Lathe.Sdk.Plugin(\"name\")] in it");
            if (plugin.Name == "" || !char.IsAsciiLetter(plugin.Name[0]) || !plugin.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) throw Fault("LT0201", path, $"'{plugin.Name}' is no name of a plugin", "an identifier: letters, digits, _");
            if (Vocabulary.Plugins.FirstOrDefault(p => p.Name == plugin.Name) is { Assembly: { } other }) throw Fault("LT0201", path, $"there are two plugins called {plugin.Name}; the other is {other.GetName().Name}", "load one of them");
            needs = context.Needs(path);
            assembly.GetExportedTypes();
        }
        catch (Exception e) when (e is TypeLoadException or FileNotFoundException or ReflectionTypeLoadException) { throw Fault("LT0202", path, $"it does not fit this version: {e.Message}", "build it again with this version's Lathe.Sdk"); }
        Vocabulary.Add(assembly, plugin.Name, plugin.Domain == "" ? plugin.Name : plugin.Domain);
        Loaded.Add((plugin.Name, path, needs));
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".rewrite", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            PluginRewrites.Add(PipelineReader.Read(reader.ReadToEnd(), $"{Path.GetFileName(path)}:{resource}").Rewrites.Select(r => r with { Name = $"{plugin.Name}.{r.Name}" }));
        }
    }

    /// <summary>Until 1.0 a minor version may change anything; from then on a plugin made for an older one fits.</summary>
    private static bool Fits(Version own, Version made) => own.Major == made.Major && (own.Major == 0 ? own.Minor == made.Minor : made.Minor <= own.Minor);

    private static DiagnosticException Fault(string code, string path, string message, string remedy) => new(new Diagnostic(code, message, Path.GetFileName(path), remedy));
}
