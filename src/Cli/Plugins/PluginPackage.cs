using NuGet.Versioning;

namespace Lathe.Cli;

/// <summary>A package of plugins with all packages that it needs, as a restore has brought them: which of its assemblies are plugins, and where every other one lies.</summary>
/// <param name="Plugins">Paths of its assemblies that reference Lathe.Sdk.</param>
/// <param name="Beside">Paths of all others of it, and of those of the packages it needs, by the assembly's name.</param>
internal sealed record PluginPackage(IReadOnlyList<string> Plugins, IReadOnlyDictionary<string, string> Beside)
{
    /// <summary>What the tool is there for: its own assemblies stand in for this package.</summary>
    private const string Sdk = "Lathe.Sdk";

    /// <summary>Names that old packages list and that hold nothing a .NET of today loads.</summary>
    private static readonly string[] Empty = ["NETStandard.Library", "Microsoft.NETCore.Platforms", "Microsoft.NETCore.Targets"];

    /// <summary>Finds a package that has been restored here, and all it needs.</summary>
    /// <exception cref="DiagnosticException">LT0201 it holds no plugin; LT0203 it is not here; LT0205 a package it needs is not.</exception>
    public static PluginPackage Find(string id, string version, string file)
    {
        var restore = $"dotnet restore a project that references {id} {version}";
        var package = RestoredPackage.Find(id, version) ?? throw Fault("LT0203", file, $"package {id} {version} has not been restored here", $"dotnet restore a project that references it; it is looked for in {RestoredPackage.Root}");
        var own = package.Assemblies.ToList();
        var plugins = own.Where(a => References.Of(a).Any(r => r.Name == Sdk)).ToList();
        if (plugins.Count == 0)
            throw Fault("LT0201", $"{id} {version}", own.Count == 0 ? "this package holds no assembly for this version of .NET, so no plugin" : $"this package holds no plugin: {string.Join(", ", own.Select(Path.GetFileName))} {(own.Count == 1 ? "does" : "do")} not reference {Sdk}",
                $"a plugin is an assembly in lib/net{Environment.Version.Major}.0 that references {Sdk} and says [assembly: Lathe.Sdk.Plugin(\"name\")]");
        var beside = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var assembly in All(package, restore).SelectMany(p => p.Assemblies)) beside.TryAdd(Path.GetFileNameWithoutExtension(assembly), assembly);
        return new(plugins, beside);
    }

    /// <summary>A package and those it needs, nearest first. Of each the lowest version here that all who ask for it take, which is what a restore decides too.</summary>
    private static List<RestoredPackage> All(RestoredPackage package, string restore)
    {
        var asked = new Dictionary<string, List<(VersionRange Range, string By)>>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            // Once more from the start when one that was chosen does not suit who was read later: what is asked for only grows, so this ends.
            var chosen = new List<RestoredPackage> { package };
            var isSettled = true;
            for (var i = 0; i < chosen.Count; i++)
            {
                foreach (var (id, range) in NeedsOf(chosen[i], restore).Where(n => n.Id != Sdk && !Empty.Contains(n.Id, StringComparer.OrdinalIgnoreCase)))
                {
                    if (!asked.TryGetValue(id, out var known)) asked[id] = known = [];
                    var by = $"{chosen[i].Id} {chosen[i].Version}";
                    if (!known.Contains((range, by))) known.Add((range, by));
                    if (chosen.Find(p => p.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } taken)
                    {
                        isSettled &= range.Satisfies(taken.Version) || taken == package;
                        continue;
                    }
                    if (RestoredPackage.All(id).FirstOrDefault(p => known.TrueForAll(k => k.Range.Satisfies(p.Version))) is { } found) chosen.Add(found);
                    else if (!PluginContext.IsToolsOwn(id)) throw Missing(package, id, known, restore);
                }
            }
            if (isSettled) return chosen;
        }
    }

    private static IReadOnlyList<(string Id, VersionRange Range)> NeedsOf(RestoredPackage package, string restore)
    {
        try { return package.Needs; }
        catch (FormatException e) { throw Fault("LT0203", $"{package.Id} {package.Version}", $"what this package needs cannot be read: {e.Message}", $"delete {package.Folder} and {restore}"); }
    }

    private static DiagnosticException Missing(RestoredPackage package, string id, List<(VersionRange Range, string By)> asked, string restore)
    {
        var here = RestoredPackage.All(id);
        var who = string.Join("; ", asked.Select(a => $"{a.By} needs package {id} {a.Range.PrettyPrint()}"));
        return Fault("LT0205", $"{package.Id} {package.Version}", $"{who}: {(here.Count == 0 ? "none has been restored here" : $"here is {string.Join(", ", here.Select(p => p.Version))}")}", $"{restore}; packages are looked for in {RestoredPackage.Root}");
    }

    private static DiagnosticException Fault(string code, string where, string message, string remedy) => new(new Diagnostic(code, message, Path.GetFileName(where), remedy));
}
