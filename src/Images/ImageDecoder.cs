using Lathe.Runtime.Hosting;

namespace Lathe.Runtime.Images;

/// <summary>The pixels of an image file, [rows, columns, channels]. ONNX ImageDecoder, opset 20: PNG, JPEG, BMP and PNM.</summary>
/// <remarks>It stands beside Lathe.Runtime because the readers of image files are packages, and that depends on none.</remarks>
public sealed class ImageDecoder : HostOperator
{
    public override IReadOnlyList<string> Operators => ["ImageDecoder"];
    public override string Carries => "image files";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [HostType.Tensor("u8", [HostType.Open, HostType.Open, Format(node) == "Grayscale" ? "1" : "3"])];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        if (x.ElementAtOrDefault(0) is not HostTensor { Element: "u8", Shape: [_] } file) throw new HostException($"an image file must be a vector of bytes, it is {x.ElementAtOrDefault(0)?.Kind ?? "missing"}");
        var format = Format(node);
        Pixels pixels;
        try { pixels = ImageFile.Read(file.Bytes, format == "Grayscale"); }
        catch (InvalidDataException e) { throw new HostException(e.Message); }
        var bytes = pixels.Data;
        if (format == "BGR") for (var i = 0; i < bytes.Length; i += 3) (bytes[i], bytes[i + 2]) = (bytes[i + 2], bytes[i]);
        return [new HostTensor("u8", [pixels.Rows, pixels.Columns, format == "Grayscale" ? 1 : 3], bytes)];
    }

    private static string Format(HostNode node) => node.Text("pixel_format", "RGB") is var format && format is "RGB" or "BGR" or "Grayscale" ? format : throw new HostException($"pixel_format must be RGB, BGR or Grayscale, it is {node.Text("pixel_format", "")}");
}
