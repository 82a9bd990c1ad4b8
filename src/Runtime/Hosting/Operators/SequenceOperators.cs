namespace Lathe.Runtime.Hosting.Operators;

/// <summary>SequenceConstruct, SequenceEmpty, SequenceInsert, SequenceErase, SequenceAt, SequenceLength. ONNX, opset 11.</summary>
internal sealed class SequenceOperators : HostOperator
{
    public override IReadOnlyList<string> Operators => ["SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceLength"];
    public override string Carries => "sequences";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [node.Operator switch
    {
        "SequenceEmpty" => HostType.Sequence(HostType.Nothing),
        "SequenceConstruct" => HostType.Sequence(x.Aggregate(HostType.Nothing, (type, item) => type.Merge(item ?? throw new HostException("an element is missing")))),
        "SequenceLength" => HostType.Tensor("i64", []),
        "SequenceAt" => Items(x, 0),
        "SequenceErase" => HostType.Sequence(Items(x, 0)),
        _ => HostType.Sequence(Items(x, 0).Merge(Operand(x, 1))),
    }];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        if (node.Operator == "SequenceEmpty") return [new HostSequence([])];
        if (node.Operator == "SequenceConstruct") return [new HostSequence([.. x.Select(v => v ?? throw new HostException("an element is missing"))])];
        var items = Sequence(x, 0).Items;
        return [node.Operator switch
        {
            "SequenceLength" => HostTensor.Of([], (long)items.Length),
            "SequenceAt" => items[Place(x, 1, items.Length - 1, items.Length)],
            "SequenceErase" => new HostSequence(items.RemoveAt(Place(x, 1, items.Length - 1, items.Length))),
            _ => new HostSequence(items.Insert(Place(x, 2, items.Length, items.Length), Operand<HostValue>(x, 1, "a value"))),
        }];
    }

    /// <summary>A place counted from the end where negative; the last, or for an insertion the end, where none is given.</summary>
    private static int Place(IReadOnlyList<HostValue?> x, int operand, int last, int count)
    {
        if (x.ElementAtOrDefault(operand) is null) return last >= 0 ? last : throw new HostException("the sequence is empty");
        var place = One(x, operand) is < 0 and var fromEnd ? fromEnd + count : One(x, operand);
        return place >= 0 && place <= last ? (int)place : throw new HostException($"place {One(x, operand)} of a sequence of {count}");
    }
}
