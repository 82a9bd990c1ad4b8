using Lathe.Ir;

namespace Lathe.Passes.Rules;

/// <summary>A branch whose condition is known is what it takes: the steps of one side stand in its place.</summary>
public sealed record FoldBranch : Rule
{
    public override Improvement? Improve(Node step, Surroundings around)
    {
        if (step.Op is not Ir.Ops.If { Binds: [] } || step.Operands[0]!.Known is not [Number condition]) return null;
        var taken = step.Regions[condition.Integer != 0 ? 0 : 1];
        if (taken.Guards.Count > 0) return null; // checks stand in a graph, not among steps
        return Improvement.To([.. taken.Nodes, .. step.Results.Zip(taken.Outputs, (result, output) => new Node(new Ir.Ops.Identity(), [output], [result]))]);
    }
}
