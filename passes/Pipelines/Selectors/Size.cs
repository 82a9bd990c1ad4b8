using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>A step whose weights take that many bytes together, as they are stored now.</summary>
[Description("steps whose weights together take so many bytes: size(> 1MB)")]
public sealed record Size(Seq<ByteBound> Bounds) : Criterion
{
    protected internal override bool Matches(Node node) => Weights(node).Where(w => w.Type.IsStatic).Sum(w => w.Type.Encoding.Size(w.Type.Shape)) is var bytes && Bounds.Any(b => b.Holds(bytes));
}
