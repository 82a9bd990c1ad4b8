namespace Lathe.Runtime.Images;

/// <summary>Netpbm's binary images of eight bits: P5, gray, and P6, colours.</summary>
internal static class PortableAnyMap
{
    private const int MostAlong = 1 << 16;

    public static bool Is(byte[] file) => file is [(byte)'P', (byte)'5' or (byte)'6', ..];

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static Pixels Read(byte[] file)
    {
        var at = 2;
        var (columns, rows, most) = (Number(file, ref at), Number(file, ref at), Number(file, ref at));
        at++; // one white space before the pixels
        var own = file[1] == '5' ? 1 : 3;
        if (columns is <= 0 or > MostAlong || rows is <= 0 or > MostAlong || most is <= 0 or > 255 || file.Length - at < (long)rows * columns * own) throw new InvalidDataException($"a damaged PNM file of {columns} times {rows} pixels");
        var pixels = new byte[rows * columns * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = file[at + (own == 1 ? i / 3 : i)];
        return new(rows, columns, pixels);
    }

    private static int Number(byte[] file, ref int at)
    {
        while (at < file.Length && (file[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'#'))
            if (file[at] == '#') while (at < file.Length && file[at] != '\n') at++;
            else at++;
        var number = 0;
        for (; at < file.Length && file[at] is >= (byte)'0' and <= (byte)'9' && number < MostAlong * 10; at++) number = number * 10 + file[at] - '0';
        return number;
    }
}
