namespace Lathe.Runtime.Hosting.Operators;

/// <summary>One graph or another. ONNX If, opset 25, where one of them is the host's.</summary>
internal sealed class Conditional : HostOperator
{
    public override IReadOnlyList<string> Operators => ["If"];

    /// <summary>Not from the operands: from what the graphs make.</summary>
    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x) => node.Body(One(x, 0) != 0 ? "then_branch" : "else_branch").Run([]);
}
