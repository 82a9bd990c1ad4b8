using StbImageSharp;

namespace Lathe.Runtime.Images;

/// <summary>Reads image files: PNG, JPEG, BMP and PNM.</summary>
public static class ImageFile
{
    /// <param name="gray">Whether one channel is wanted, instead of red, green and blue.</param>
    /// <exception cref="InvalidDataException">It is no such file, or it is damaged.</exception>
    public static Pixels Read(byte[] file, bool gray)
    {
        try
        {
            var pixels = PortableAnyMap.Is(file) ? PortableAnyMap.Read(file) : JpegFile.Read(file) ?? Other(file);
            return gray ? pixels.InGray() : pixels;
        }
        catch (Exception e) when (e is not (OutOfMemoryException or InvalidDataException)) { throw new InvalidDataException($"the file is no PNG, JPEG, BMP or PNM that can be read ({e.Message}); JPEG 2000, TIFF and WebP are not read"); }
    }

    private static Pixels Other(byte[] file) => ImageResult.FromMemory(file, ColorComponents.RedGreenBlue) is var image ? new(image.Height, image.Width, image.Data) : null!;
}
