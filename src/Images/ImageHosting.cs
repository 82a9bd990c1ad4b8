using Lathe.Runtime.Hosting;

namespace Lathe.Runtime.Images;

/// <summary>Operators of the host that read image files.</summary>
public static class ImageHosting
{
    /// <summary>All operators of the host: <see cref="HostOperators.Standard"/> and <see cref="ImageDecoder"/>. <c>Package.Open(path, ImageHosting.Operators)</c>.</summary>
    public static HostOperators Operators { get; } = HostOperators.Standard.With(new ImageDecoder());
}
