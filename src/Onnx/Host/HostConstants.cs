using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>A tensor, of text too, that stands in the model. ONNX Constant, opset 25.</summary>
internal static class HostConstants
{
    public static HostValue Of(OnnxNode node, TensorReader tensors) =>
        node.Has("value_string") ? new HostText([], [node.String("value_string", "")])
        : node.Strings("value_strings") is { } texts ? new HostText([texts.Count], [.. texts]) : HostTensors.Of(ConstantNode.Read(node, tensors));
}
