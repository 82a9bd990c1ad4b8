namespace Lathe.Onnx.Host;

/// <summary>A tensor, of text too, that stands in the model. ONNX Constant, opset 25.</summary>
internal sealed class TextConstant : HostOp
{
    public override Seq<string> Operators => ["Constant"];

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope) =>
        [node.Has("value_string") ? new HostText([], [node.String("value_string", "")])
            : node.Strings("value_strings") is { } texts ? new HostText([texts.Count], texts) : HostValue.Of(ConstantNode.Read(node, scope.Tensors))];
}
