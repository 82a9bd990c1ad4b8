namespace Lathe.Onnx.Host;

/// <summary>SequenceConstruct, SequenceEmpty, SequenceInsert, SequenceErase, SequenceAt, SequenceLength. ONNX, opset 11.</summary>
internal sealed class SequenceOps : HostOp
{
    public override Seq<string> Operators => ["SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceLength"];
    public override string Carries => "sequences";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        if (node.OpType == "SequenceEmpty") return [new HostSequence([])];
        if (node.OpType == "SequenceConstruct") return [new HostSequence([.. x.Select(v => v ?? throw new TypeException("an element is missing"))])];
        var items = Sequence(x, 0).Items;
        return [node.OpType switch
        {
            "SequenceLength" => new HostTensor(Tensor.Of([], (long)items.Count)),
            "SequenceAt" => items[Place(x, 1, items.Count - 1, items.Count)],
            "SequenceErase" => new HostSequence(Place(x, 1, items.Count - 1, items.Count) is var gone ? [.. items[..gone], .. items[(gone + 1)..]] : []),
            _ => new HostSequence(Place(x, 2, items.Count, items.Count) is var at ? [.. items[..at], x[1]!, .. items[at..]] : []),
        }];
    }

    /// <summary>A place counted from the end where negative; the last, or for an insertion the end, where none is given.</summary>
    private static int Place(Seq<HostValue?> x, int operand, int last, int count)
    {
        if (x.ElementAtOrDefault(operand) is null) return last >= 0 ? last : throw new TypeException("the sequence is empty");
        var place = One(x, operand) is < 0 and var fromEnd ? fromEnd + count : One(x, operand);
        return place >= 0 && place <= last ? (int)place : throw new TypeException($"place {One(x, operand)} of a sequence of {count}");
    }
}
