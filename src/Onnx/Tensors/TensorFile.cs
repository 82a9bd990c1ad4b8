using Google.Protobuf;

namespace Lathe.Onnx;

/// <summary>A file that holds one tensor in ONNX's form: <c>input_0.pb</c>, <c>output_0.pb</c>.</summary>
public static class TensorFile
{
    /// <exception cref="DiagnosticException">The file cannot be read as a tensor.</exception>
    public static Tensor Read(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            var file = Bytes.Map(path);
            var tensor = StoredTensor.Read(file, new Wire(file));
            var contents = new TensorReader(new ExternalFiles(Path.GetDirectoryName(Path.GetFullPath(path))!)).Read(tensor, tensor.Name == "" ? name : tensor.Name);
            return contents.Kind == Scalar.String ? throw new DiagnosticException(Faults.TextWeight(name)) : contents.AsTensor();
        }
        catch (Exception e) when (e is WireException or InvalidProtocolBufferException)
        {
            throw new DiagnosticException(Faults.Damaged(e.Message) with { Where = name });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(Faults.CannotOpen(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message));
        }
    }
}
