namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Values as they are, which the host holds already. ONNX Identity, opset 16.</summary>
internal sealed class Kept : HostOperator
{
    public override IReadOnlyList<string> Operators => ["Identity"];
    public override bool Takes(HostNode node, IReadOnlyList<HostType?> x) => x.ElementAtOrDefault(0) is { IsTensor: false };
    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [Operand(x, 0)];
    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x) => [Operand<HostValue>(x, 0, "a value")];
}
