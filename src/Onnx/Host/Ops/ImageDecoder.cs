namespace Lathe.Onnx.Host;

/// <summary>The pixels of an image file, [rows, columns, channels]. ONNX ImageDecoder, opset 20: PNG, JPEG, BMP and PNM.</summary>
internal sealed class ImageDecoder : HostOp
{
    public override Seq<string> Operators => ["ImageDecoder"];
    public override string Carries => "image files";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var (file, format) = (Numbers(x, 0), node.String("pixel_format", "RGB"));
        if (file.Kind != Scalar.U8 || file.Shape.Count != 1) throw new TypeException($"an image file must be a vector of bytes, it is {x[0]!.Kind}");
        if (format is not ("RGB" or "BGR" or "Grayscale")) throw new TypeException($"pixel_format must be RGB, BGR or Grayscale, it is {format}");
        var (rows, columns, pixels) = ImageFile.Read(file.Bytes.Slice(0, file.Count).ToArray<byte>(), format == "Grayscale");
        if (format == "BGR") for (var i = 0; i < pixels.Length; i += 3) (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        yield return new HostTensor(new(Scalar.U8, [rows, columns, format == "Grayscale" ? 1 : 3], Bytes.Of<byte>(pixels)));
    }
}
