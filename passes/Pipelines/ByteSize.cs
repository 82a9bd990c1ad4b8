using System.Globalization;

namespace Lathe.Passes;

/// <summary>A number of bytes: <c>64KiB</c>, <c>1.5MB</c>, <c>4096</c>. Units are B, KB, MB, GB of powers of 1000 and KiB, MiB, GiB of powers of 1024.</summary>
public sealed record ByteSize(long Bytes)
{
    private static readonly (string Name, long Bytes)[] Units =
        [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];

    /// <summary>Null where the text is none, or no whole number of bytes.</summary>
    public static ByteSize? Of(string text)
    {
        var unit = Units.FirstOrDefault(u => text.EndsWith(u.Name, StringComparison.Ordinal), ("", 1));
        return decimal.TryParse(text[..^unit.Name.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count <= long.MaxValue / unit.Bytes && decimal.Truncate(count * unit.Bytes) == count * unit.Bytes
            ? new((long)(count * unit.Bytes)) : null;
    }

    /// <exception cref="FormatException">The text is none.</exception>
    public static ByteSize Parse(string text) => Of(text) ?? throw new FormatException($"'{text}' is no number of bytes: write 65536, 64KiB, 1.5MB");

    /// <summary>With the largest unit that leaves a whole number.</summary>
    public override string ToString()
    {
        var (name, size) = Units.OrderByDescending(u => u.Bytes).First(u => Bytes % u.Bytes == 0 && (Bytes > 0 || u.Bytes == 1));
        return string.Create(CultureInfo.InvariantCulture, $"{Bytes / size}{name}");
    }
}
