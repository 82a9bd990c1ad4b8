using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Products with a weight that is stored as factors become products with its factors, so that the weight itself is nowhere in memory. What lies between is small, and where
/// it would leave the caches <see cref="RowChains"/> joins the two. Any other step reads such a weight number by number.
/// </summary>
[Description("products with factorized weights become products with their factors")]
public sealed record Contract : GraphPass
{
    public override Stage Stage => Stage.Fuse;

    protected override Graph Run(Graph graph, Compilation compilation) => new Steps(new(graph), compilation.Notes).Of(graph);

    /// <summary>A graph and those inside it: names and factors are theirs together.</summary>
    private sealed class Steps(Surroundings names, Notes notes)
    {
        private readonly Dictionary<(Value, string), Value> factors = [];

        public Graph Of(Graph graph)
        {
            graph = graph.MapInside(Of);
            return graph.Nodes.Any(node => Weight(node) is not null) ? graph with { Nodes = [.. graph.Nodes.SelectMany(node => Weight(node) is { } weight ? Of(node, weight) : [node])] } : graph;
        }

        private IEnumerable<Node> Of(Node node, Value weight)
        {
            var format = (Factored)weight.Type.Encoding;
            if (WeightProduct.Of(node, weight, format.Axis, names.Fresh) is { } product && format.Contract(product, name => Factor(weight, name)) is { } made)
                return product.Sum(format.AddsRest ? [made, product.Same(Factor(weight, Factored.Rest), ".rest")] : [made]);
            notes.Add("contract", node.Result.Name, $"{weight} is read number by number: the step is no product that its factors could be multiplied in turn");
            return [node];
        }

        private Value Factor(Value weight, string name) => factors.TryGetValue((weight, name), out var known) ? known
            : factors[(weight, name)] = ((Factored)weight.Type.Encoding).Of(weight, name, names.Fresh($"{weight.Name}.{name}"));

        private static Value? Weight(Node node) => node.Op is RegionOp ? null : node.Reads.FirstOrDefault(value => value.IsWeight && value.Type.Encoding is Factored { IsRead: false });
    }
}
