namespace Lathe.Onnx;

/// <summary>What a file that is no model might be, by its first bytes.</summary>
internal static class Sniff
{
    private static readonly (int At, string Magic, string Remedy)[] Known =
    [
        (0, "version https://git-lfs", "this is a Git LFS pointer: fetch the file itself with git lfs pull"),
        (0, "PK\u0003\u0004", "this is a zip file, as PyTorch writes: export it with torch.onnx.export"),
        (4, "TFL3", "this is a TensorFlow Lite model: convert it with tf2onnx"),
        (1, "HDF", "this is an HDF5 file, as Keras writes: convert it with tf2onnx"),
        (0, "GGUF", "this is a GGUF file; give an ONNX model"),
        (0, "<", "this is a web page or XML: the download may have failed"),
        (0, "{", "this is JSON; give the binary form of the model"),
        (0, "ir_version:", "this is a model in protobuf's text form; give the binary form"),
        (0, "\u007fELF", "this is a compiled artifact; give the ONNX model"),
    ];

    public static string Remedy(Bytes file)
    {
        var head = System.Text.Encoding.Latin1.GetString(file.Span(0, (int)Math.Min(64, file.Length)));
        return Known.FirstOrDefault(k => head.Length > k.At && head.AsSpan(k.At).StartsWith(k.Magic, StringComparison.Ordinal)).Remedy ?? "";
    }
}
