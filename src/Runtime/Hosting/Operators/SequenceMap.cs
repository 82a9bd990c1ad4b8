namespace Lathe.Runtime.Hosting.Operators;

/// <summary>A graph applied to each element of a sequence, and to those of others beside it; other operands are the same for all. ONNX SequenceMap, opset 17.</summary>
internal sealed class SequenceMap : HostOperator
{
    public override IReadOnlyList<string> Operators => ["SequenceMap"];
    public override string Carries => "sequences";

    /// <summary>Not from the operands: from what the graph makes.</summary>
    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var (count, body) = (Sequence(x, 0).Items.Length, node.Body("body"));
        if (x.OfType<HostSequence>().Any(s => s.Items.Length != count)) throw new HostException("sequences of different lengths");
        var results = Enumerable.Range(0, count).Select(i => body.Run([.. x.Select(v => v is HostSequence s ? s.Items[i] : v!)])).ToList();
        return Enumerable.Range(0, body.Outputs).Select(output => new HostSequence([.. results.Select(r => r[output])]));
    }
}
