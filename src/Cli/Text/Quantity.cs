namespace Lathe.Cli;

/// <summary>Numbers as a person reads them; machines get them whole, in JSON.</summary>
internal static class Quantity
{
    private static readonly (double Size, string Unit)[] ByteUnits = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    private static readonly (double Size, string Unit)[] CountUnits = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

    public static string Bytes(double bytes) => Scaled(bytes, ByteUnits, " ", " B");

    /// <summary>Counts of operations or parameters: <c>3.9 G</c>.</summary>
    public static string Count(double count) => Scaled(count, CountUnits, " ", "");

    public static string Milliseconds(double milliseconds) => milliseconds switch
    {
        >= 100 => Invariant($"{milliseconds:0} ms"),
        >= 1 => Invariant($"{milliseconds:0.00} ms"),
        _ => Invariant($"{milliseconds * 1000:0.0} us"),
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Scaled(double value, (double Size, string Unit)[] units, string space, string unit)
    {
        var (size, name) = units.FirstOrDefault(u => value >= u.Size, (1, unit.Trim()));
        if (size == 1) return value.ToString("0", CultureInfo.InvariantCulture) + unit;
        return (value / size).ToString("0.##", CultureInfo.InvariantCulture) + space + name;
    }
}
