using System.Reflection.PortableExecutable;
using System.Xml;
using System.Xml.Linq;
using NuGet.Frameworks;
using NuGet.Versioning;

namespace Lathe.Cli;

/// <summary>A package that a restore has brought to this machine: its folder, as NuGet lays it out.</summary>
internal sealed record RestoredPackage(string Id, NuGetVersion Version, string Folder)
{
    private static readonly NuGetFramework Own = NuGetFramework.Parse(FormattableString.Invariant($"net{Environment.Version.Major}.{Environment.Version.Minor}"));

    /// <summary>Where restored packages lie.</summary>
    public static string Root => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } said ? said : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>All versions of a package that are here, the lowest first.</summary>
    public static IReadOnlyList<RestoredPackage> All(string id) =>
        Path.Combine(Root, id.ToLowerInvariant()) is var folder && Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder).Select(f => (Folder: f, Version: NuGetVersion.TryParse(Path.GetFileName(f), out var version) ? version : null)).Where(f => f.Version is not null).OrderBy(f => f.Version).Select(f => new RestoredPackage(id, f.Version!, f.Folder))]
            : [];

    /// <summary>One version; null where it is not here.</summary>
    public static RestoredPackage? Find(string id, string version) =>
        NuGetVersion.TryParse(version, out var named) ? All(id).FirstOrDefault(p => p.Version == named) : null;

    /// <summary>Its assemblies for this .NET, by path. Libraries of machine code among them are none.</summary>
    public IEnumerable<string> Assemblies
    {
        get
        {
            var lib = Path.Combine(Folder, "lib");
            if (!Directory.Exists(lib) || Nearest(Directory.GetDirectories(lib), folder => NuGetFramework.ParseFolder(Path.GetFileName(folder))) is not { } nearest) return [];
            return Directory.GetFiles(nearest, "*.dll").Where(IsAssembly).Order(StringComparer.Ordinal);
        }
    }

    /// <summary>Packages that its own assemblies need when they run, with the versions that it takes.</summary>
    /// <exception cref="FormatException">The .nuspec is not there or cannot be read.</exception>
    public IReadOnlyList<(string Id, VersionRange Range)> Needs
    {
        get
        {
            var file = Path.Combine(Folder, $"{Id.ToLowerInvariant()}.nuspec");
            XElement? said;
            try { said = XDocument.Load(file).Root?.Elements().FirstOrDefault(e => e.Name.LocalName == "metadata")?.Elements().FirstOrDefault(e => e.Name.LocalName == "dependencies"); }
            catch (Exception e) when (e is XmlException or IOException) { throw new FormatException(e.Message, e); }
            if (said is null) return [];
            // Without groups one list is for all frameworks.
            var groups = said.Elements().Where(e => e.Name.LocalName == "group").ToList();
            var list = groups.Count == 0 ? said : Nearest(groups, group => Said(group, "targetFramework") is { Length: > 0 } named ? NuGetFramework.Parse(named) : NuGetFramework.AnyFramework);
            return list is null ? [] : [.. list.Elements().Where(e => e.Name.LocalName == "dependency" && IsNeededToRun(e)).Select(e => (Said(e, "id"), Range(Said(e, "version"))))];
        }
    }

    /// <summary>What is for the framework nearest to this .NET of those that it can run; null where nothing is.</summary>
    private static T? Nearest<T>(IEnumerable<T> all, Func<T, NuGetFramework> of) where T : class
    {
        var named = all.Select(one => (One: one, Framework: of(one))).ToList();
        return new FrameworkReducer().GetNearest(Own, named.Select(n => n.Framework)) is { } nearest ? named.First(n => n.Framework == nearest).One : null;
    }

    /// <summary>A dependency without a version takes any.</summary>
    private static VersionRange Range(string text) => text == "" ? VersionRange.All : VersionRange.TryParse(text, allowFloating: false, out var range) ? range : throw new FormatException($"'{text}' is no range of versions");

    private static string Said(XElement element, string attribute) => element.Attribute(attribute)?.Value ?? "";

    /// <summary>Some are asked for while a package is built only: analyzers, build steps.</summary>
    private static bool IsNeededToRun(XElement dependency)
    {
        var (include, exclude) = (Words("include"), Words("exclude"));
        return (include.Length == 0 || include.Contains("runtime") || include.Contains("all")) && !exclude.Contains("runtime") && !exclude.Contains("all");

        string[] Words(string attribute) => Said(dependency, attribute).ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool IsAssembly(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        try { return file.HasMetadata; }
        catch (BadImageFormatException) { return false; }
    }
}
