using System.Globalization;
using System.Text.RegularExpressions;

namespace Lathe.Cli;

/// <summary>A version of a package, ordered as NuGet orders them: numbers first, then what is called a prerelease before what is not (semver.org, 2.0).</summary>
internal sealed partial record PackageVersion(string Text) : IComparable<PackageVersion>
{
    /// <summary>null where it is none.</summary>
    public static PackageVersion? Parse(string text) => Shape().IsMatch(text.Trim()) ? new(text.Trim()) : null;

    public int CompareTo(PackageVersion? other)
    {
        if (other is null) return 1;
        var (a, b) = (Numbers(Text), Numbers(other.Text));
        for (var i = 0; i < 4; i++)
            if (a[i].CompareTo(b[i]) is not 0 and var order) return order;
        var (left, right) = (Labels(Text), Labels(other.Text));
        // A version without labels is behind all with some; of two with a common beginning the shorter is first.
        if (left.Length == 0 || right.Length == 0) return right.Length.CompareTo(left.Length);
        for (var i = 0; i < left.Length && i < right.Length; i++)
            if (Order(left[i], right[i]) is not 0 and var order) return order;
        return left.Length.CompareTo(right.Length);
    }

    public static bool operator <(PackageVersion a, PackageVersion b) => a.CompareTo(b) < 0;
    public static bool operator >(PackageVersion a, PackageVersion b) => a.CompareTo(b) > 0;
    public static bool operator <=(PackageVersion a, PackageVersion b) => a.CompareTo(b) <= 0;
    public static bool operator >=(PackageVersion a, PackageVersion b) => a.CompareTo(b) >= 0;

    public override string ToString() => Text;

    private static int[] Numbers(string text)
    {
        var parts = text.Split('+')[0].Split('-')[0].Split('.').Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToList();
        return [.. parts, .. new int[4 - parts.Count]];
    }

    private static string[] Labels(string text) => text.Split('+')[0].Split('-', 2) is [_, var labels] ? labels.Split('.') : [];

    private static int Order(string a, string b) => (long.TryParse(a, CultureInfo.InvariantCulture, out var x), long.TryParse(b, CultureInfo.InvariantCulture, out var y)) switch
    {
        (true, true) => x.CompareTo(y),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.Compare(a, b, StringComparison.OrdinalIgnoreCase),
    };

    [GeneratedRegex(@"^\d{1,9}(\.\d{1,9}){0,3}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$")]
    private static partial Regex Shape();
}
