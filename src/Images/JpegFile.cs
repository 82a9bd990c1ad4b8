using BitMiracle.LibJpeg.Classic;

namespace Lathe.Runtime.Images;

/// <summary>
/// JPEG files as libjpeg-turbo reads them, to the last bit: LibJpeg.NET's exact inverse transform, then libjpeg's own enlarging of colours
/// (<see cref="ChromaPlane"/>), which version 9, that LibJpeg.NET is made after, replaced with another.
/// </summary>
internal static class JpegFile
{
    private const int Block = 8;
    private const int MostPixels = 1 << 28;

    /// <returns>Null where the file is no JPEG, or one of four channels, as printers have them.</returns>
    public static Pixels? Read(byte[] file)
    {
        if (file is not [0xFF, 0xD8, 0xFF, ..]) return null;
        var reader = new jpeg_decompress_struct(new jpeg_error_mgr());
        reader.jpeg_stdio_src(new MemoryStream(file));
        reader.jpeg_read_header(true);
        var (width, height, count) = (reader.Image_width, reader.Image_height, reader.Num_components);
        if ((long)width * height > MostPixels) throw new InvalidDataException($"a JPEG of {width} times {height} pixels is too large");
        if (count is not (1 or 3) || reader.Jpeg_color_space is not (J_COLOR_SPACE.JCS_GRAYSCALE or J_COLOR_SPACE.JCS_YCbCr or J_COLOR_SPACE.JCS_RGB)) return null;
        reader.Dct_method = J_DCT_METHOD.JDCT_ISLOW;
        reader.Do_fancy_upsampling = false;
        reader.Raw_data_out = true;
        reader.Out_color_space = reader.Jpeg_color_space;
        reader.jpeg_start_decompress();
        var planes = Planes(reader).Select(plane => plane.Enlarged(width, height)).ToList();
        return new(height, width, reader.Jpeg_color_space == J_COLOR_SPACE.JCS_YCbCr ? Colors(planes) : SideBySide(planes));
    }

    /// <summary>The channels as the file holds them, each of its own size.</summary>
    private static List<ChromaPlane> Planes(jpeg_decompress_struct reader)
    {
        var components = reader.Comp_info[..reader.Num_components];
        var (across, down) = (components.Max(c => c.H_samp_factor), components.Max(c => c.V_samp_factor));
        var units = (reader.Image_width + across * Block - 1) / (across * Block);
        static int Part(int all, int factor, int most) => (all * factor + most - 1) / most;
        var planes = components.Select(c => new ChromaPlane(Part(reader.Image_width, c.H_samp_factor, across), Part(reader.Image_height, c.V_samp_factor, down), across / c.H_samp_factor, down / c.V_samp_factor)).ToList();
        if (components.Any(c => across % c.H_samp_factor != 0 || down % c.V_samp_factor != 0)) throw new InvalidDataException("a JPEG whose channels are no whole parts of one another");

        var rows = components.Select(c => Enumerable.Range(0, c.V_samp_factor * Block).Select(_ => new byte[units * c.H_samp_factor * Block]).ToArray()).ToArray();
        for (var unit = 0; unit * down * Block < reader.Image_height; unit++)
        {
            reader.jpeg_read_raw_data(rows, down * Block);
            for (var channel = 0; channel < planes.Count; channel++)
                for (var row = 0; row < rows[channel].Length; row++) planes[channel].Set(unit * rows[channel].Length + row, rows[channel][row]);
        }
        return planes;
    }

    private static byte[] SideBySide(List<byte[]> planes)
    {
        var all = new byte[planes[0].Length * 3];
        for (var i = 0; i < all.Length; i++) all[i] = planes[planes.Count == 1 ? 0 : i % 3][i / 3];
        return all;
    }

    /// <summary>Luma and two differences as red, green and blue, in steps of 2⁻¹⁶ (JFIF 1.02).</summary>
    private static byte[] Colors(List<byte[]> planes)
    {
        const int half = 1 << 15;
        static int Steps(double factor) => (int)(factor * (1 << 16) + 0.5);
        var (redness, blueness, greenOfRed, greenOfBlue) = (Steps(1.402), Steps(1.772), Steps(0.71414), Steps(0.34414));
        var all = new byte[planes[0].Length * 3];
        for (var i = 0; i < planes[0].Length; i++)
        {
            var (y, blue, red) = (planes[0][i], planes[1][i] - 128, planes[2][i] - 128);
            all[3 * i] = Held(y + ((redness * red + half) >> 16));
            all[3 * i + 1] = Held(y + ((half - greenOfBlue * blue - greenOfRed * red) >> 16));
            all[3 * i + 2] = Held(y + ((blueness * blue + half) >> 16));
        }
        return all;
        static byte Held(int number) => (byte)Math.Clamp(number, 0, byte.MaxValue);
    }
}
