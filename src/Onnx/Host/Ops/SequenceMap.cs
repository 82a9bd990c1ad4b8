namespace Lathe.Onnx.Host;

/// <summary>A graph applied to each element of a sequence, and to those of others beside it; other operands are the same for all. ONNX SequenceMap, opset 17.</summary>
internal sealed class SequenceMap : HostOp
{
    public override Seq<string> Operators => ["SequenceMap"];
    public override string Carries => "sequences";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var (count, body) = (Sequence(x, 0).Items.Count, node.Graph("body"));
        if (x.OfType<HostSequence>().Any(s => s.Items.Count != count)) throw new TypeException("sequences of different lengths");
        var results = Enumerable.Range(0, count).Select(i => scope.Run(body, [.. x.Select(v => v is HostSequence s ? s.Items[i] : v!)])).ToList();
        return body.Output.Select((_, output) => new HostSequence([.. results.Select(r => r[output])]));
    }
}
