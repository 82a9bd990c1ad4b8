using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Sums of a graph that are normalized and can be kept in fewer directions.</summary>
internal static class StreamSum
{
    /// <summary>The points, their directions not chosen yet.</summary>
    /// <param name="left">Is told of those that stay, and why.</param>
    public static List<StreamPoint> Points(Graph graph, Func<Node, bool> actsOn, Action<Value, string> left)
    {
        var (makers, readers) = (graph.Makers, graph.Readers);
        var points = Normalization.Of(graph).GroupBy(n => n.Input).Where(g => g.SelectMany(n => n.Steps).All(actsOn))
            // A step has one result that goes on here.
            .Where(g => makers.GetValueOrDefault(g.Key) is not { } maker || maker.Result == g.Key).Select(g => Point(g.Key, [.. g], makers, readers)).ToList();
        // What reads a point must be a normalization, or a sum that is a point itself; one that goes may take others along.
        while (points.Find(p => Why(p, points, readers) is not null) is { } whole)
        {
            left(whole.Sum, Why(whole, points, readers)!);
            points.Remove(whole);
        }
        return points;
    }

    private static StreamPoint Point(Value sum, Seq<Normalization> norms, Dictionary<Value, Node> makers, ILookup<Value, Node?> readers)
    {
        var (terms, inside) = (new List<Value>(), new HashSet<Node>(ReferenceEqualityComparer.Instance));
        void Take(Value value)
        {
            if (makers.TryGetValue(value, out var node) && (value == sum || readers[value].Count() == 1))
            {
                if (Operands(node) is { } both)
                {
                    inside.Add(node);
                    foreach (var operand in both) Take(operand);
                    return;
                }
                if (StreamProduct.Of(node) is not null || StreamProduct.Rows(node) is not null || value == sum) inside.Add(node);
            }
            terms.Add(value);
        }
        Take(sum);
        return new(sum, norms, [.. terms], inside);
    }

    /// <summary>What a step adds up, each in place along rows; null where it does anything else.</summary>
    private static Seq<Value>? Operands(Node node)
    {
        if (node.Regions.Count > 0 || Formula.Of(node) is not { IsElementwise: true } formula || node.Result.Type.Encoding is not Dense { Kind: Scalar.F32 }) return null;
        var terms = new List<Value>();
        bool Take(Expr e) => e switch
        {
            Binary { Operator: Operator.Add } sum => Take(sum.A) && Take(sum.B),
            Load load when formula.Operand(load) is { Type.Encoding: Dense { Kind: Scalar.F32 } } operand && operand.Type.Rank > 0 && operand.Type.Shape[^1] == node.Result.Type.Shape[^1] && load.At[^1] == (Expr)formula.Axes[^1] => Add(operand),
            _ => false,
        };
        bool Add(Value value)
        {
            terms.Add(value);
            return true;
        }
        return formula.Number is Binary && Take(formula.Number) && terms.Distinct().Count() == terms.Count ? [.. terms] : null;
    }

    /// <summary>Why a point cannot be kept in fewer directions; null where it can.</summary>
    private static string? Why(StreamPoint point, List<StreamPoint> points, ILookup<Value, Node?> readers)
    {
        if (point.Norms.Any(n => n.IsCentred != point.IsCentred)) return "one normalization takes its mean off and another does not";
        // Steps that are written anew for one normalization are not there for another sum.
        if (points.Exists(p => p != point && p.Norms.Any(n => n.Steps.Count > 1 && n.Steps.Any(s => s.Results.Contains(point.Sum) || point.Inside.Contains(s))))) return "another normalization makes it, in several steps";
        // What the mean was taken off of cannot be had back: only a sum whose own mean goes may add it up, and no product may read it.
        var other = readers[point.Sum].Where(r => r is null || !point.Norms.Any(n => n.Steps.Contains(r))
            && !points.Exists(p => p.Inside.Contains(r) && p.Terms.Contains(point.Sum) && Operands(r) is not null && (p.IsCentred || !point.IsCentred))).ToList();
        if (other.Count == 0 || !point.IsCentred && other.TrueForAll(r => r is not null)) return null;
        return other.Find(r => r is not null) is { } reader && !other.Contains(null) ? $"{reader.Op.Name} of %{reader.Result.Name} reads it as it is" : "it is an output";
    }
}
