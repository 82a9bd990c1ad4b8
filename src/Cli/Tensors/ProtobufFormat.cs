using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>ONNX's file of one tensor.</summary>
internal sealed class ProtobufFormat : SingleTensorFormat
{
    public override IReadOnlyList<string> Extensions => [".pb"];
    protected override Tensor Read(string path, Value wanted, ImageOptions images) => TensorFile.Read(path);
}
