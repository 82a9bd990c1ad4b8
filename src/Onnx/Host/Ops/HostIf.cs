namespace Lathe.Onnx.Host;

/// <summary>One graph or another. ONNX If, opset 25, in a model that runs on the host.</summary>
internal sealed class HostIf : HostOp
{
    public override Seq<string> Operators => ["If"];

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope) => scope.Run(node.Graph(One(x, 0) != 0 ? "then_branch" : "else_branch"));
}
