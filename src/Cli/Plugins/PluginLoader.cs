using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using Lathe.Passes;
using Lathe.Passes.Rewrites;
using Lathe.Sdk;

namespace Lathe.Cli;

/// <summary>Loads plugins: assemblies that say <see cref="PluginAttribute"/>, named on the command line or in a <c>lathe.json</c> of this folder or one above.</summary>
internal static class PluginLoader
{
    /// <summary>The file that names plugins of a folder.</summary>
    public const string File = "lathe.json";

    private const string Option = "--plugin";

    private static readonly List<(string Plugin, string File)> Loaded = [];

    /// <summary>Plugins and their files, by name.</summary>
    public static IEnumerable<(string Plugin, string File)> Named => Loaded.OrderBy(p => p.Plugin, StringComparer.Ordinal);

    /// <summary>Plugins' files.</summary>
    public static IReadOnlyList<string> Files => [.. Named.Select(p => p.File)];

    /// <summary>Loads what a command line names, and what the folder does.</summary>
    /// <exception cref="DiagnosticException">LT0201 there is none, or it is none; LT0202 it was made for another version.</exception>
    public static void Load(IEnumerable<string> named)
    {
        foreach (var path in named.Concat(OfFolder()).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)) LoadOne(path);
    }

    /// <summary>Whether a command would load plugins here.</summary>
    public static bool IsAsked(IEnumerable<string> words) => Nearest() is not null || words.Any(word => word == Option || word.StartsWith($"{Option}=", StringComparison.Ordinal) || word.StartsWith($"{Option}:", StringComparison.Ordinal));

    private static void LoadOne(string path)
    {
        if (Loaded.Exists(p => p.File == path)) return;
        if (!System.IO.File.Exists(path)) throw Fault("LT0201", path, "there is no such plugin", "build it first: dotnet build; the file lies in bin/Debug/net10.0");
        Assembly assembly;
        try { assembly = new PluginContext(path).LoadFromAssemblyPath(path); }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException) { throw Fault("LT0201", path, "this is no assembly of .NET", "give the .dll of a class library that references Lathe.Sdk"); }
        foreach (var reference in assembly.GetReferencedAssemblies().Where(a => a.Name is "Lathe.Sdk" or "Lathe.Ir" or "Lathe.Passes"))
            if (typeof(PluginAttribute).Assembly.GetName().Version is { } own && reference.Version is { } made && !Fits(own, made))
                throw Fault("LT0202", path, $"it was built with {reference.Name} {made.ToString(3)}, this is {own.ToString(3)}", $"build it again with Lathe.Sdk {own.ToString(3)}");
        PluginAttribute plugin;
        try
        {
            plugin = assembly.GetCustomAttribute<PluginAttribute>() ?? throw Fault("LT0201", path, "this assembly is no plugin", "write [assembly: Lathe.Sdk.Plugin(\"name\")] in it");
            if (plugin.Name == "" || !char.IsAsciiLetter(plugin.Name[0]) || !plugin.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) throw Fault("LT0201", path, $"'{plugin.Name}' is no name of a plugin", "an identifier: letters, digits, _");
            if (Vocabulary.Plugins.FirstOrDefault(p => p.Name == plugin.Name) is { Assembly: { } other }) throw Fault("LT0201", path, $"there are two plugins called {plugin.Name}; the other is {other.GetName().Name}", "load one of them");
            assembly.GetExportedTypes();
        }
        catch (Exception e) when (e is TypeLoadException or FileNotFoundException or ReflectionTypeLoadException) { throw Fault("LT0202", path, $"it does not fit this version: {e.Message}", "build it again with this version's Lathe.Sdk"); }
        Vocabulary.Add(assembly, plugin.Name, plugin.Domain == "" ? plugin.Name : plugin.Domain);
        Loaded.Add((plugin.Name, path));
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".rewrite", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            PluginRewrites.Add(PipelineReader.Read(reader.ReadToEnd(), $"{Path.GetFileName(path)}:{resource}").Rewrites.Select(r => r with { Name = $"{plugin.Name}.{r.Name}" }));
        }
    }

    /// <summary>Until 1.0 a minor version may change anything; from then on a plugin made for an older one fits.</summary>
    private static bool Fits(Version own, Version made) => own.Major == made.Major && (own.Major == 0 ? own.Minor == made.Minor : made.Minor <= own.Minor);

    /// <summary>What the nearest lathe.json lists: <c>{"plugins": ["Acme.dll"], "packages": {"Acme.Passes": "1.2.0"}}</c>.</summary>
    private static List<string> OfFolder() => Nearest() is { } file ? Listed(file) : [];

    /// <summary>The lathe.json of this folder or the nearest above; null where there is none.</summary>
    private static string? Nearest()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, File) is var file && System.IO.File.Exists(file)) return file;
        return null;
    }

    private static List<string> Listed(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(System.IO.File.ReadAllText(file), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var paths = new List<string>();
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (entry.Name == "plugins") paths.AddRange(entry.Value.EnumerateArray().Select(p => Path.Combine(Path.GetDirectoryName(file)!, p.GetString()!)));
                else if (entry.Name == "packages") paths.AddRange(entry.Value.EnumerateObject().SelectMany(p => OfPackage(p.Name, p.Value.GetString()!, file)));
                else if (entry.Name != "$schema") throw Fault("LT0203", file, $"there is no setting {entry.Name}", "plugins lists files, packages names of packages with versions");
            }
            return paths;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { throw Fault("LT0203", file, e.Message, "{\"plugins\": [\"Acme.dll\"], \"packages\": {\"Acme.Passes\": \"1.2.0\"}}"); }
    }

    /// <summary>The assembly of a package that has been restored here.</summary>
    private static IEnumerable<string> OfPackage(string id, string version, string file)
    {
        var root = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } said ? said : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var folder = Path.Combine(root, id.ToLowerInvariant(), version.ToLowerInvariant(), "lib", "net10.0");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal)
            : throw Fault("LT0203", file, $"package {id} {version} has not been restored here", $"dotnet restore a project that references it; it is looked for in {root}");
    }

    private static DiagnosticException Fault(string code, string path, string message, string remedy) => new(new Diagnostic(code, message, Path.GetFileName(path), remedy));

    /// <summary>A plugin's assemblies apart from others', the tool's own shared by all.</summary>
    private sealed class PluginContext(string path) : AssemblyLoadContext(Path.GetFileName(path))
    {
        private readonly AssemblyDependencyResolver beside = new(path);

        protected override Assembly? Load(AssemblyName name) =>
            Default.Assemblies.FirstOrDefault(a => a.GetName().Name == name.Name) ?? (name.Name!.StartsWith("Lathe.", StringComparison.Ordinal) && Shared(name) is { } own ? own : beside.ResolveAssemblyToPath(name) is { } found ? LoadFromAssemblyPath(found) : null);

        private static Assembly? Shared(AssemblyName name)
        {
            try { return Default.LoadFromAssemblyName(new AssemblyName(name.Name!)); }
            catch (FileNotFoundException) { return null; }
        }
    }
}
