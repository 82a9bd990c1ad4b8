using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>A step one of whose results is called so.</summary>
[Description("steps that make a value whose name a pattern covers: name(\"/layers/3/*\")")]
public sealed record Name(Seq<Glob> Patterns) : Criterion
{
    protected internal override bool Matches(Node node) => node.Results.Any(v => Patterns.Any(p => p.Covers(v.Name)));
}
