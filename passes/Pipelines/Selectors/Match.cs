using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>A step that makes a value or reads a weight called so: exporters name some of a layer's parts after the module, some after its parameters.</summary>
[Description("steps that make a value, or read a weight, whose name a pattern covers: match(\"*/mlp/*\", \"*.mlp.*\")")]
public sealed record Match(Seq<Glob> Patterns) : Criterion
{
    protected internal override bool Matches(Node node) => node.Results.Concat(Weights(node)).Any(v => Patterns.Any(p => p.Covers(v.Name)));
}
