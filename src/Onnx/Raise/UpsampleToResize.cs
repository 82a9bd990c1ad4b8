namespace Lathe.Onnx;

/// <summary>Upsample of opset 9, and as exporters kept writing it after that: Resize with the first of its coordinate rules.</summary>
internal sealed class UpsampleToResize : Raise
{
    public override Seq<string> Operators => ["Upsample"];
    public override long First => 9;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [node with { OpType = "Resize", Opset = 10 }];
}
