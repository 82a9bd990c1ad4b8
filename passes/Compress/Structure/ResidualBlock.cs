using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>A sum of a value and of what steps make of it alone: without those steps, the value is left.</summary>
/// <param name="Sum">The step that adds.</param>
/// <param name="Input">The value.</param>
/// <param name="Branch">What is made of it, and added.</param>
/// <param name="Steps">Those that make it.</param>
internal sealed record ResidualBlock(Node Sum, Value Input, Value Branch, Seq<Node> Steps)
{
    /// <summary>Blocks that can go, in the order of their sums: nothing else reads what is inside.</summary>
    public static IEnumerable<ResidualBlock> Of(Graph graph)
    {
        var (makers, readers) = (graph.Makers, graph.Readers);
        foreach (var sum in graph.Nodes.ToList())
        {
            if (Formula.Of(sum) is not { Number: Binary { Operator: Operator.Add, A: Load x, B: Load y } } formula || !formula.IsInPlace(x) || !formula.IsInPlace(y)) continue;
            foreach (var (input, branch) in new[] { (formula.Operand(x), formula.Operand(y)), (formula.Operand(y), formula.Operand(x)) })
            {
                if (input.IsWeight || branch.IsWeight || input.Type.Encoding is not Dense { Kind: Scalar.F32 } || input.Type.Shape != sum.Result.Type.Shape || branch.Type.Shape != sum.Result.Type.Shape) continue;
                var after = After(input).ToHashSet();
                if (!makers.TryGetValue(branch, out var last) || !after.Contains(last)) continue;
                var inside = new HashSet<Node>(ReferenceEqualityComparer.Instance);
                var left = new Stack<Node>([last]);
                while (left.TryPop(out var step))
                    if (inside.Add(step))
                        foreach (var read in step.Reads) if (read != input && makers.TryGetValue(read, out var maker) && after.Contains(maker)) left.Push(maker);
                if (inside.All(step => step.Results.All(made => readers[made].All(reader => reader is not null && (inside.Contains(reader) || reader == sum && made == branch)))))
                    yield return new(sum, input, branch, [.. graph.Nodes.Where(inside.Contains)]);
            }
        }

        // Steps that depend on a value.
        IEnumerable<Node> After(Value value)
        {
            var (known, all) = (new HashSet<Value> { value }, new List<Node>());
            foreach (var node in graph.Nodes)
                if (node.Reads.Concat(node.Regions.SelectMany(r => r.Captured)).Any(known.Contains))
                {
                    all.Add(node);
                    known.UnionWith(node.Results);
                }
            return all;
        }
    }
}
