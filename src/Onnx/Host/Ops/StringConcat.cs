namespace Lathe.Onnx.Host;

/// <summary>Texts one behind the other, element by element, broadcast. ONNX StringConcat, opset 20.</summary>
internal sealed class StringConcat : HostOp
{
    public override Seq<string> Operators => ["StringConcat"];
    public override string Carries => "text";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope) => [TextBroadcast.Of(Text(x, 0), Text(x, 1), (a, b) => a + b)];
}
