namespace Lathe.Runtime.Hosting.Operators;

/// <summary>A tensor cut along an axis into a sequence. ONNX SplitToSequence, opset 24.</summary>
internal sealed class SplitToSequence : HostOperator
{
    public override IReadOnlyList<string> Operators => ["SplitToSequence"];
    public override string Carries => "sequences";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x)
    {
        if (Operand(x, 0) is not { Dims: { } dims } type) return [HostType.Sequence(Operand(x, 0))];
        var axis = HostArray.Axis(node.Int("axis", 0), dims.Length);
        return [HostType.Sequence(type with { Dims = IsDropped(node, x.Count > 1 && x[1] is not null) ? dims.RemoveAt(axis) : dims.SetItem(axis, HostType.Open) })];
    }

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var shape = HostArray.Shape(x.ElementAtOrDefault(0));
        var axis = HostArray.Axis(node.Int("axis", 0), shape.Length);
        var (whole, sizes) = (shape[axis], new List<long>());
        var given = x.ElementAtOrDefault(1) is null ? null : Numbers(x, 1);
        if (given is { Shape.Length: 1 }) sizes.AddRange(given.ToDoubles().Select(d => (long)d));
        else
        {
            var each = given is null ? 1 : One(x, 1);
            if (each <= 0) throw new HostException($"parts of {each}");
            for (var from = 0L; from < whole; from += each) sizes.Add(Math.Min(each, whole - from));
        }
        if (sizes.Exists(s => s < 0) || sizes.Sum() != whole) throw new HostException($"parts of {string.Join(", ", sizes)} of an axis of {whole}");
        var (items, start) = (new List<HostValue>(), 0L);
        foreach (var size in sizes)
        {
            var part = HostArray.Slice(x[0]!, axis, start, size);
            items.Add(IsDropped(node, given is not null) ? HostArray.Reshaped(part, shape.RemoveAt(axis)) : part);
            start += size;
        }
        return [new HostSequence([.. items])];
    }

    /// <summary>Without keepdims the axis goes, where the parts are of one.</summary>
    private static bool IsDropped(HostNode node, bool isGiven) => !isGiven && node.Int("keepdims", 1) == 0;
}
