using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Joins steps into groups that run as one kernel, by what their formulas show.</summary>
/// <param name="Repeat">Machine steps that may be computed again for each number of a step, in place of storing and loading it.</param>
/// <param name="Operands">Most operands of a group: each takes a register for its address.</param>
[Description("joins steps into groups that run as one kernel: element-wise chains, producers, epilogues")]
public sealed record Fuse(int Repeat = 16, int Operands = 14) : GraphPass
{
    public override Stage Stage => Stage.Fuse;
    public override bool TakesSelector => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        graph = graph.MapInside(region => Run(region, compilation));
        var groups = new Groups(graph, new Fit(Repeat, Operands, compilation.Objective), ActsOn);
        groups.JoinEpilogues();
        groups.JoinProducers();
        foreach (var (node, why) in groups.Refused) compilation.Notes.Add(Name, node, why);
        return groups.Graph();
    }
}
