namespace Lathe.Onnx.Host;

/// <summary>Netpbm's binary images of eight bits: P5, gray, and P6, colours.</summary>
internal static class PortableAnyMap
{
    private const int MostAlong = 1 << 16;

    public static bool Is(byte[] file) => file is [(byte)'P', (byte)'5' or (byte)'6', ..];

    /// <param name="channels">1 for gray, else red, green and blue.</param>
    /// <exception cref="TypeException">The file is damaged.</exception>
    public static (int Rows, int Columns, byte[] Pixels) Read(byte[] file, int channels)
    {
        var at = 2;
        var (columns, rows, most) = (Number(file, ref at), Number(file, ref at), Number(file, ref at));
        at++; // one white space before the pixels
        var own = file[1] == '5' ? 1 : 3;
        if (columns is <= 0 or > MostAlong || rows is <= 0 or > MostAlong || most is <= 0 or > 255 || file.Length - at < (long)rows * columns * own) throw new TypeException($"a damaged PNM file of {columns} times {rows} pixels");
        var pixels = new byte[rows * columns * channels];
        for (var i = 0; i < rows * columns; i++)
            for (var channel = 0; channel < channels; channel++)
                pixels[i * channels + channel] = (byte)(own == channels ? file[at + i * own + channel] : own == 1 ? file[at + i] : Gray(file.AsSpan(at + i * 3, 3)));
        return (rows, columns, pixels);
    }

    /// <summary>Rec. 601 luma.</summary>
    private static int Gray(ReadOnlySpan<byte> rgb) => (rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114 + 500) / 1000;

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
