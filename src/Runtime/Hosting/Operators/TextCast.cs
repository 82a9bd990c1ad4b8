namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Numbers as text and text as numbers. ONNX Cast, opset 13.</summary>
/// <remarks>The kind stands in <c>to</c>, by the name in the IR; <c>text</c> is the kind of text.</remarks>
internal sealed class TextCast : HostOperator
{
    public override IReadOnlyList<string> Operators => ["TextCast"];
    public override string Domain => "lathe";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) =>
        [To(node) == "text" ? HostType.Text(Operand(x, 0).Dims) : HostType.Tensor(To(node), Operand(x, 0).Dims)];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x) =>
        [To(node) == "text" ? new HostText(HostArray.Shape(x[0]), HostArray.Words(x[0]!)) : HostTensor.Parse(To(node), Text(x, 0).Shape, Text(x, 0).Elements)];

    private static string To(HostNode node) => node.Text("to", "text");
}
