namespace Lathe.Onnx.Host;

/// <summary>A graph again and again, its results its next operands, others stacked. ONNX Loop, opset 25, in a model that runs on the host.</summary>
internal sealed class HostLoop : HostOp
{
    public override Seq<string> Operators => ["Loop"];

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var body = node.Graph("body");
        var most = x.ElementAtOrDefault(0) is null ? long.MaxValue : One(x, 0);
        var going = x.ElementAtOrDefault(1) is null || One(x, 1) != 0;
        Seq<HostValue> carried = [.. x.Skip(2).Select(v => v ?? throw new TypeException("a carried value is missing"))];
        var stacked = body.Output.Skip(1 + carried.Count).Select(_ => new List<HostValue>()).ToList();
        for (var turn = 0L; turn < most && going; turn++)
        {
            var results = scope.Run(body, [new HostTensor(Tensor.Of([], turn)), new HostTensor(Tensor.Of(Scalar.Bool, [], 1)), .. carried]);
            going = results[0] is HostTensor { Tensor: { Count: 1 } next } && next.ToDoubles()[0] != 0;
            carried = results[1..(1 + carried.Count)];
            foreach (var (list, value) in stacked.Zip(results.Skip(1 + carried.Count))) list.Add(value);
        }
        return [.. carried, .. stacked.Select(list => HostStack.Of(list, 0, scope))];
    }
}
