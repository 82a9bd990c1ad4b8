using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>
/// Products with a matrix that is stored the other way round, because something else reads it too: a table of words whose rows are taken at the beginning, and that the last
/// product multiplies with. They read the matrix as it lies, so that one stored weight serves both.
/// </summary>
internal static class TransposedWeights
{
    /// <param name="actsOn">Whether a product may change.</param>
    public static Graph Read(Graph graph, Func<Node, bool> actsOn)
    {
        var readers = graph.Nodes.SelectMany(n => n.Reads).Concat(graph.Outputs).CountBy(v => v).ToDictionary();
        var turned = graph.Nodes.Where(n => n is { Op: Transpose { Perm: [] or [1, 0] }, Operands: [{ IsWeight: true, Type: { Rank: 2, Encoding: Dense { Kind: Scalar.F32 } } } weight] } && readers[weight] > 1).ToDictionary(n => n.Result, n => n.Operands[0]!);
        if (turned.Count == 0) return graph;
        return DeadSteps.Drop(graph with { Nodes = [.. graph.Nodes.Select(node => node.Op is MatMul && node.Operands[1] is { } b && turned.TryGetValue(b, out var weight) && node.Operands[0]!.Type.Rank >= 2 && actsOn(node) ? Straight(node, weight) : node)] });
    }

    private static Node Straight(Node node, Value weight)
    {
        var rows = string.Concat(Enumerable.Range(0, node.Result.Type.Rank - 1).Select(i => (char)('a' + i)));
        return node with { Op = new Einsum($"{rows}y,zy->{rows}z"), Operands = [node.Operands[0], weight] };
    }
}
