namespace Lathe.Runtime.Hosting.Operators;

/// <summary>A graph again and again, its results its next operands, others stacked. ONNX Loop, opset 25, where it is the host's.</summary>
internal sealed class Repeated : HostOperator
{
    public override IReadOnlyList<string> Operators => ["Loop"];

    /// <summary>Not from the operands: from what the graph makes.</summary>
    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x) => [];

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var body = node.Body("body");
        var most = x.ElementAtOrDefault(0) is null ? long.MaxValue : One(x, 0);
        var going = x.ElementAtOrDefault(1) is null || One(x, 1) != 0;
        List<HostValue> carried = [.. x.Skip(2).Select(v => v ?? throw new HostException("a carried value is missing"))];
        var stacked = Enumerable.Range(0, Math.Max(0, body.Outputs - 1 - carried.Count)).Select(_ => new List<HostValue>()).ToList();
        for (var turn = 0L; turn < most && going; turn++)
        {
            var results = body.Run([HostTensor.Of([], turn), HostTensor.Of("bool", [], 1), .. carried]);
            going = One(results, 0) != 0;
            carried = [.. results.Skip(1).Take(carried.Count)];
            foreach (var (list, value) in stacked.Zip(results.Skip(1 + carried.Count))) list.Add(value);
        }
        return [.. carried, .. stacked.Select(list => HostArray.Stack(list, 0))];
    }
}
