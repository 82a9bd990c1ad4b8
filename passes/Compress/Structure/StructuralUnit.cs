using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What is kept or dropped together: a channel, a neuron, a head, a group of a convolution, with all its places in weights and values.</summary>
/// <param name="Class">Its class of a <see cref="Coupling"/>.</param>
/// <param name="Places">In values and weights.</param>
internal sealed record StructuralUnit(int Class, Seq<AxisPlaces> Places)
{
    /// <summary>Where it is made: rows of weights.</summary>
    public required Seq<(WeightUse Use, AxisPlaces Places)> Makers { get; init; }

    /// <summary>Where it is summed over: columns of weights.</summary>
    public required Seq<(WeightUse Use, AxisPlaces Places)> Readers { get; init; }

    /// <summary>Steps that multiply it, as the model names the first.</summary>
    public string Name => Makers[0].Use.Node.Result.Name;

    public UnitKind Kind => Makers.Any(m => m.Use.Weight.Type.Rank > 2) ? UnitKind.Channels : Makers.Any(m => m.Places.At.Count > 1) ? UnitKind.Heads : UnitKind.Neurons;

    /// <summary>Units of a graph that may be dropped, those that lie in the same axes of the same values together.</summary>
    public static IReadOnlyList<IReadOnlyList<StructuralUnit>> Families(Graph graph, Coupling coupling)
    {
        var uses = graph.Nodes.SelectMany(WeightUse.Of).Where(use => use.Kind != WeightKind.Rows && WeightMatrix.Of(use) is not null).ToLookup(use => use.Weight);
        var units = new List<StructuralUnit>();
        foreach (var (id, places) in coupling.Classes)
        {
            var found = places.SelectMany(p => uses[p.Value].Select(use => (Use: use, Places: p, IsSummed: WeightMatrix.Axes(use, WeightMatrix.Read(use)!, summed: true).Contains(p.Axis)))).ToList();
            var unit = new StructuralUnit(id, places)
            {
                Makers = [.. found.Where(f => !f.IsSummed).Select(f => (f.Use, f.Places))],
                Readers = [.. found.Where(f => f.IsSummed && f.Use.Kind == WeightKind.Product).Select(f => (f.Use, f.Places))],
            };
            if (unit.Makers.Any(m => m.Use.Kind == WeightKind.Product) && unit.Readers.Count > 0) units.Add(unit);
        }
        return [.. units.GroupBy(u => u.Places.Select(p => (p.Value, p.Axis)).ToSeq()).Select(g => g.ToList())];
    }
}

/// <summary>What structured pruning may drop.</summary>
public enum UnitKind
{
    /// <summary>What convolutions make, groups of grouped ones whole; neurons too.</summary>
    Channels,
    /// <summary>What matrix products make and a reshape holds together: heads of attention, with queries, keys and values.</summary>
    Heads,
    /// <summary>Single columns that matrix products make: hidden layers.</summary>
    Neurons,
}
