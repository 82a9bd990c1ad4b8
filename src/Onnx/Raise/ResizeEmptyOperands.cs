namespace Lathe.Onnx;

/// <summary>Resize of opsets 11 and 12: an operand that is not meant is an empty tensor; later it is absent.</summary>
internal sealed class ResizeEmptyOperands : Raise
{
    public override Seq<string> Operators => ["Resize"];
    public override long First => 11;
    public override long Last => 12;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) =>
        [Newer(node with { Inputs = [.. node.Inputs.Select((name, i) => i > 0 && name != "" && scope.Type(name).Shape is [Number { Integer: 0 }] ? "" : name)] })];
}
