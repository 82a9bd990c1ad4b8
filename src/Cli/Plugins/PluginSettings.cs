using System.Text.Json;

namespace Lathe.Cli;

/// <summary>The file <c>lathe.json</c> of a folder or one above: <c>{"plugins": ["Acme.dll"], "packages": {"Acme.Passes": "1.2.0"}}</c>.</summary>
/// <param name="Plugins">Paths of assemblies.</param>
/// <param name="Packages">Packages and their versions.</param>
internal sealed record PluginSettings(string File, IReadOnlyList<string> Plugins, IReadOnlyList<(string Id, string Version)> Packages)
{
    private const string Name = "lathe.json";

    /// <summary>The file of this folder or the nearest above; null where there is none.</summary>
    public static string? Nearest()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, Name) is var file && System.IO.File.Exists(file)) return file;
        return null;
    }

    /// <exception cref="DiagnosticException">LT0203 it cannot be read.</exception>
    public static PluginSettings Read(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(System.IO.File.ReadAllText(file), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var (plugins, packages) = (new List<string>(), new List<(string, string)>());
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (entry.Name == "plugins") plugins.AddRange(entry.Value.EnumerateArray().Select(p => Path.Combine(Path.GetDirectoryName(file)!, p.GetString()!)));
                else if (entry.Name == "packages") packages.AddRange(entry.Value.EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)));
                else if (entry.Name != "$schema") throw Fault(file, $"there is no setting {entry.Name}", "plugins lists files, packages names of packages with versions");
            }
            return new(file, plugins, packages);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { throw Fault(file, e.Message, "{\"plugins\": [\"Acme.dll\"], \"packages\": {\"Acme.Passes\": \"1.2.0\"}}"); }
    }

    private static DiagnosticException Fault(string file, string message, string remedy) => new(new Diagnostic("LT0203", message, Path.GetFileName(file), remedy));
}
