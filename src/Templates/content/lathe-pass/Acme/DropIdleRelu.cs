using System.ComponentModel;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

[assembly: Lathe.Sdk.Plugin("acme_plugin")]

namespace Acme;

/// <summary>max(x, 0) where x is an absolute value already is x: a step that computes nothing is left out.</summary>
[Description("drops a relu of what is never negative")]
public sealed record DropIdleRelu : GraphPass
{
    public override Stage Stage => Stage.Simplify;
    public override Seq<string> After => ["simplify"];
    public override bool TakesSelector => true;

    protected override Graph Run(Graph graph, Compilation compilation)
    {
        var instead = new Dictionary<Value, Value>();
        foreach (var step in graph.Nodes)
        {
            if (step.Op is not Relu || !ActsOn(step) || graph.Outputs.Contains(step.Result)) continue;
            if (!graph.Makers.TryGetValue(step.Operands[0]!, out var maker) || maker.Op is not (Abs or Sigmoid or Relu)) continue;
            instead[step.Result] = step.Operands[0]!;
            compilation.Notes.Add(Name, step.Result.Name, $"{maker.Op.Name} is never negative");
        }
        Value Current(Value value) => instead.TryGetValue(value, out var other) ? Current(other) : value;
        return DeadSteps.Drop(graph with { Nodes = [.. graph.Nodes.Where(n => !instead.ContainsKey(n.Result)).Select(n => n.Map(Current))] });
    }
}
