using Lathe.Runtime.Hosting;

namespace Lathe.Onnx;

/// <summary>Tensors of the compiler as values of the host, and back.</summary>
public static class HostTensors
{
    extension(Tensor tensor)
    {
        public HostTensor OnHost => new(tensor.Kind.Text, [.. tensor.Shape], tensor.Bytes.Slice(0, tensor.Kind.Bytes(tensor.Count)).ToArray<byte>());
    }

    extension(HostTensor value)
    {
        public Tensor Tensor => new(Scalars.Parse(value.Element)!.Value, [.. value.Shape], Bytes.Of<byte>(value.Bytes));
    }

    internal static HostValue Of(TensorContents contents) => contents.Kind == Scalar.String ? new HostText([.. contents.Dims], [.. contents.Text]) : contents.AsTensor().OnHost;
}
