using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Keeps the channels of images together in memory where convolutions and pools work on them. One rule for the whole graph: what is computed channel by channel from an image lies as the image does.</summary>
/// <remarks>
/// Read off formulas: a sum over a window, or one whose weights vary with axis 1, wants its image and its result this way; a step that reads
/// each axis at its own place hands the wish on. Inputs and outputs stay as declared; everything else reads by index and is right either way.
/// </remarks>
[Description("keeps the channels of images together in memory around convolutions and pools")]
public sealed record ChannelsLast : GraphPass
{
    public override Stage Stage => Stage.Layout;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        graph = graph.MapInside(region => Run(region, compilation));
        // Graphs inside settle their own values; what goes in and out of them lies as declared.
        var declared = graph.Inputs.Concat(graph.Outputs).Concat(graph.Captured).Concat(graph.Nodes.Where(n => n.Op is RegionOp).SelectMany(n => n.Results)).Concat(graph.Nodes.Where(n => n.Op is SymbolOp).SelectMany(n => n.Reads.Concat(n.Results))).ToHashSet();
        bool IsFree(Value value) => value.Type.Rank >= 3 && !value.IsWeight && IsPlaceByPlace(value.Type) && !declared.Contains(value);
        var (parents, votes) = (new Dictionary<Value, Value>(), new Dictionary<Value, int>());
        static bool IsPlaceByPlace(TensorType type) => type.Encoding is Dense || type.Encoding.Planes(type.Shape).All(plane => plane.Shape == type.Shape);
        static IEnumerable<Value> Made(Graph region) => region.Inputs.Concat(region.Nodes.SelectMany(n => n.Results.Concat(n.Op is RegionOp ? n.Regions.SelectMany(Made) : [])));
        Value Root(Value v)
        {
            while (parents.TryGetValue(v, out var up)) v = up;
            return v;
        }

        foreach (var node in graph.Nodes)
        {
            if (node.Regions.Count > 0 && node.Body is null || Formula.Of(node) is not { } formula) continue;
            foreach (var (value, vote) in Wishes.Of(formula)) if (IsFree(value)) votes[value] = votes.GetValueOrDefault(value) + vote;
            if (!IsFree(node.Result)) continue;
            foreach (var operand in node.Reads.Where(IsFree))
                if (Wishes.ReadsAxisByAxis(formula, operand) && Root(operand) is var a && Root(node.Result) is var b && a != b) parents[a] = b;
        }

        var total = votes.GroupBy(v => Root(v.Key)).ToDictionary(g => g.Key, g => g.Sum(v => v.Value));
        var laid = new Dictionary<Value, Value>();
        var inside = graph.Nodes.Where(n => n.Op is RegionOp).SelectMany(n => n.Regions).SelectMany(Made).ToHashSet();
        return graph.Map(value => inside.Contains(value) ? value : laid.TryGetValue(value, out var known) ? known : laid[value] = IsFree(value) && total.GetValueOrDefault(Root(value)) > 0
            ? value.With(value.Type with { Order = [0, .. Enumerable.Range(2, value.Type.Rank - 2), 1] }) : value);
    }
}
