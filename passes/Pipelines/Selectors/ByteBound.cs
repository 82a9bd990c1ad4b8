using System.Globalization;

namespace Lathe.Passes.Selectors;

/// <summary>A bound on a number of bytes: <c>&gt; 1MB</c>. Units are B, KB, MB, GB of powers of 1000 and KiB, MiB, GiB of powers of 1024.</summary>
/// <param name="Than">One of <c>&gt; &gt;= &lt; &lt;=</c>.</param>
public sealed record ByteBound(string Than, long Bytes)
{
    private static readonly (string Name, long Bytes)[] Units =
        [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];

    public bool Holds(long bytes) => Than switch
    {
        ">" => bytes > Bytes,
        ">=" => bytes >= Bytes,
        "<" => bytes < Bytes,
        _ => bytes <= Bytes,
    };

    /// <exception cref="FormatException">It is none.</exception>
    public static ByteBound Parse(string text)
    {
        var than = text.StartsWith(">=", StringComparison.Ordinal) || text.StartsWith("<=", StringComparison.Ordinal) ? text[..2] : text is ['>' or '<', ..] ? text[..1] : throw Wrong();
        var size = text[than.Length..].Trim();
        var unit = Units.FirstOrDefault(u => size.EndsWith(u.Name, StringComparison.Ordinal), ("", 1));
        if (!decimal.TryParse(size[..^unit.Name.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue / unit.Bytes || decimal.Truncate(count * unit.Bytes) != count * unit.Bytes) throw Wrong();
        return new(than, (long)(count * unit.Bytes));

        FormatException Wrong() => new($"'{text}' bounds no number of bytes: write > 1MB, <= 64KiB");
    }

    /// <summary>With the largest unit that leaves a whole number.</summary>
    public override string ToString()
    {
        var (name, size) = Units.OrderByDescending(u => u.Bytes).First(u => Bytes % u.Bytes == 0 && (Bytes > 0 || u.Bytes == 1));
        return string.Create(CultureInfo.InvariantCulture, $"{Than} {Bytes / size}{name}");
    }
}
