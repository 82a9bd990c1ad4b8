namespace Lathe.Onnx.Host;

/// <summary>Sequences and optional values as they are. ONNX Identity, opset 16.</summary>
internal sealed class HostIdentity : HostOp
{
    public override Seq<string> Operators => ["Identity"];

    public override bool Takes(Seq<HostValue?> x) => x.ElementAtOrDefault(0) is HostSequence or HostAbsent;

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope) => [x[0]!];
}
