using System.Collections.Concurrent;
using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>How codes are chosen.</summary>
public enum QuantizeMethod
{
    /// <summary>Each number to the nearest of a grid, whose ends are searched for the least error.</summary>
    Rtn,
}

/// <summary>Stores weights in fewer bits: their types change, and kernels read the stored form.</summary>
/// <param name="Weights">The format. <c>i8</c> is a scale for each output channel; <c>i4 group=64</c> has groups along the input.</param>
/// <param name="Method">How codes are chosen.</param>
[Description("stores weights in fewer bits: quantize(weights=\"i4 group=64\") on op(MatMul)")]
public sealed record Quantize(Encoding Weights, QuantizeMethod Method = QuantizeMethod.Rtn) : GraphPass
{
    public override Stage Stage => Stage.Compress;
    public override bool TakesSelector => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        var format = Format();
        var uses = All(graph).ToList();
        var readers = uses.ToLookup(use => use.Weight);
        var readings = Reads(graph).CountBy(v => v).ToDictionary();
        var stored = new ConcurrentDictionary<Value, Value>();
        var losses = new ConcurrentBag<LayerLoss>();
        Parallel.ForEach(readers, group =>
        {
            var (weight, mine) = (group.Key, group.ToList());
            if (!mine.Exists(use => ActsOn(use.Node))) return;
            void Left(string why) => compilation.Notes.Add(Name, mine[0].Node.Result.Name, $"{weight} stays {weight.Type.Encoding}: {why}");
            if (mine.Find(use => !ActsOn(use.Node)) is { } other) { Left($"%{other.Node.Result.Name} reads it too and is not selected"); return; }
            if (readings[weight] > mine.Count) { Left("a step that is no sum of products reads it too"); return; }
            if (mine.Exists(use => (use.Input, use.Output) != (mine[0].Input, mine[0].Output))) { Left("steps sum it along different axes"); return; }
            if (Store(mine[0], format, Left) is not var (value, loss)) return;
            stored[weight] = value;
            losses.Add(loss);
        });
        foreach (var loss in losses) compilation.Losses.Add(loss);
        return graph.Map(value => stored.GetValueOrDefault(value, value));
    }

    /// <summary>The format as a type of a weight will say it, its axes not yet placed.</summary>
    private Grouped Format() => Weights switch
    {
        Grouped grouped => grouped,
        Dense { Kind: var kind } when Code.Parse(kind.Text) is { } code => new Uniform(code),
        _ => throw new DiagnosticException([new("LT3201", $"quantize: weights cannot be chosen in {Weights}", "", "weights=\"i8\", weights=\"i4 group=64\"; lathe passes lists the formats")]),
    };

    private (Value, LayerLoss)? Store(WeightUse use, Grouped format, Action<string> left)
    {
        var type = use.Weight.Type;
        if (type.Encoding.Size(type.Shape) > int.MaxValue) { left($"{type} has more than 2 GiB"); return null; }
        var placed = format.Placed(use.Input, use.Output, type.Rank);
        long bytes;
        try { bytes = placed.Size(type.Shape); }
        catch (TypeException e) { left(e.Message); return null; }
        if (bytes >= type.Encoding.Size(type.Shape)) { left($"{placed} would take {bytes} bytes, it has {type.Encoding.Size(type.Shape)}"); return null; }
        var numbers = use.Weight.Planes[0].As<float>();
        if (Finite(numbers) is { } bad)
            throw new DiagnosticException([new("LT3202", $"quantize: {use.Weight} holds {numbers[bad]} at {bad}, no grid can", use.Node.Result.Name, $"keep on match({NameText.Quoted(use.Weight.Name)}) leaves it as it is")]);
        var value = new Value(use.Weight.Name, type.With(placed), placed.Encode(numbers, type.Shape));
        var loss = LayerLoss.Measure(use, value, RecordText.Show(Method), numbers, Decoded.Of(value));
        GC.KeepAlive(use.Weight);
        return (value, loss);
    }

    private static int? Finite(ReadOnlySpan<float> numbers)
    {
        for (var i = 0; i < numbers.Length; i++) if (!float.IsFinite(numbers[i])) return i;
        return null;
    }

    private static IEnumerable<WeightUse> All(Graph graph) => graph.Nodes.SelectMany(node => WeightUse.Of(node).Concat(node.Op is RegionOp ? node.Regions.SelectMany(All) : []));

    private static IEnumerable<Value> Reads(Graph graph) => graph.Nodes.SelectMany(node => node.Reads.Concat(node.Op is RegionOp ? node.Regions.SelectMany(Reads) : [])).Concat(graph.Outputs);
}
