namespace Lathe.Onnx.Host;

/// <summary>A tensor cut along an axis into a sequence. ONNX SplitToSequence, opset 24.</summary>
internal sealed class SplitToSequence : HostOp
{
    public override Seq<string> Operators => ["SplitToSequence"];
    public override string Carries => "sequences";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var shape = x[0] switch { HostTensor t => t.Tensor.Shape, HostText t => t.Shape, _ => throw new TypeException("x must be a tensor") };
        var axis = node.Int("axis", 0) is < 0 and var fromEnd ? fromEnd + shape.Count : node.Int("axis", 0);
        if (axis < 0 || axis >= shape.Count) throw new TypeException($"axis {node.Int("axis", 0)} of {x[0]!.Kind}");
        var (whole, sizes) = (shape[(int)axis], new List<long>());
        var given = x.ElementAtOrDefault(1) is null ? null : Numbers(x, 1);
        if (given is { Shape.Count: 1 }) sizes.AddRange(given.ToDoubles().Select(d => (long)d));
        else
        {
            var each = given is null ? 1 : One(x, 1);
            if (each <= 0) throw new TypeException($"parts of {each}");
            for (var from = 0L; from < whole; from += each) sizes.Add(Math.Min(each, whole - from));
        }
        if (sizes.Exists(s => s < 0) || sizes.Sum() != whole) throw new TypeException($"parts of {string.Join(", ", sizes)} of an axis of {whole}");
        var (items, start) = (new List<HostValue>(), 0L);
        foreach (var size in sizes)
        {
            items.Add(scope.Step(OnnxNode.Of("Slice", ["x", "start", "end", "axis"], ["part"]), x[0], Vector(start), Vector(start += size), Vector(axis)).First());
            // Without keepdims the axis goes, where the parts are of one.
            if (given is null && node.Int("keepdims", 1) == 0) items[^1] = scope.Step(OnnxNode.Of("Squeeze", ["x", "axis"], ["part"]), items[^1], Vector(axis)).First();
        }
        yield return new HostSequence([.. items]);
    }

    private static HostTensor Vector(long number) => new(Tensor.Of([1], number));
}
