using System.Globalization;
using System.Text.RegularExpressions;

namespace Lathe.Cli;

/// <summary>Which of a package's folders and groups are for this .NET: names of target frameworks, in a folder (<c>netstandard2.0</c>) or a .nuspec (<c>.NETStandard2.0</c>).</summary>
internal static partial class FrameworkName
{
    /// <summary>The one that is nearest to this .NET of those it can run; null where there is none.</summary>
    /// <remarks>As NuGet: a version of .NET before any of .NET Core before any .NET Standard, the latest of each; what names none is for all.</remarks>
    public static string? Nearest(IEnumerable<string> names) => names.Select(name => (Name: name, Rank: Rank(name))).Where(n => n.Rank is not null).OrderByDescending(n => n.Rank).FirstOrDefault().Name;

    private static (int Family, int Version)? Rank(string name)
    {
        if (name == "") return (0, 0);
        if (Shape().Match(name) is not { Success: true } found) return null;
        var version = 100 * int.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture) + int.Parse(found.Groups[3].Value, CultureInfo.InvariantCulture);
        return (found.Groups[1].Value.ToLowerInvariant(), version) switch
        {
            ("netstandard", <= 201) => (1, version),
            ("netcoreapp", < 500) => (2, version),
            ("net" or "netcoreapp", >= 500) when version <= 100 * Environment.Version.Major + Environment.Version.Minor => (3, version),
            _ => null,
        };
    }

    /// <summary>Those with a platform behind them (net10.0-windows) are for that one.</summary>
    [GeneratedRegex(@"^\.?(net|netcoreapp|netstandard)(\d{1,4})\.(\d{1,4})$", RegexOptions.IgnoreCase)]
    private static partial Regex Shape();
}
