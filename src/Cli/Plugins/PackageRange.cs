namespace Lathe.Cli;

/// <summary>Which versions of a package another one takes, as a .nuspec says it: <c>1.2</c> that or a later one, <c>[1.2]</c> only that, <c>[1.0,2.0)</c> from one up to, without, another.</summary>
/// <remarks>learn.microsoft.com/nuget/concepts/package-versioning#version-ranges</remarks>
internal sealed record PackageRange(PackageVersion? Least, bool WithLeast, PackageVersion? Most, bool WithMost)
{
    /// <summary>Any version; what a dependency without one asks for.</summary>
    public static PackageRange Any { get; } = new(null, false, null, false);

    /// <summary>null where it is none.</summary>
    public static PackageRange? Parse(string text)
    {
        text = text.Trim();
        if (text == "") return Any;
        if (text[0] is not ('[' or '(')) return PackageVersion.Parse(text) is { } from ? new(from, true, null, false) : null;
        if (text.Length < 3 || text[^1] is not (']' or ')')) return null;
        var ends = text[1..^1].Split(',');
        var all = ends.Select(e => (Said: e.Trim() != "", Version: PackageVersion.Parse(e))).ToList();
        if (all.Count > 2 || all.Exists(e => e.Said && e.Version is null)) return null;
        if (all.Count == 1) return all[0].Version is { } only && text[0] == '[' && text[^1] == ']' ? new(only, true, only, true) : null;
        return new(all[0].Version, text[0] == '[', all[1].Version, text[^1] == ']');
    }

    public bool Holds(PackageVersion version) =>
        (Least is null || (WithLeast ? version >= Least : version > Least)) && (Most is null || (WithMost ? version <= Most : version < Most));

    /// <summary>In words of a message.</summary>
    public override string ToString() =>
        Least is not null && Least == Most ? $"{Least}"
        : string.Join(" and ", new[] { Least is null ? null : $"{(WithLeast ? "at least" : "above")} {Least}", Most is null ? null : $"{(WithMost ? "at most" : "below")} {Most}" }.OfType<string>()) is { Length: > 0 } both ? both : "of any version";
}
