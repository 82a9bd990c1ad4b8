using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>
/// Outputs against what they should be; those that hold a state in few bits by the numbers that they stand for. Codes of the same number may differ by one where sums were
/// added in another order: either is within half a step of what it codes, so the two are within the mean of their steps of each other, and of the tolerance.
/// </summary>
/// <remarks>Everything that reads a state is then judged on the codes that the run has made: a code on the other side of a middle moves what attention makes of it by more than any rounding of sums.</remarks>
internal sealed class StateComparison(Tolerance tolerance)
{
    /// <summary>What a graph makes of inputs, its states read as another run of it has stored them.</summary>
    /// <param name="actual">That run's outputs.</param>
    public static Tensor[] Expected(Graph graph, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> actual)
    {
        var made = graph.Nodes.SelectMany(node => node.Results).ToHashSet();
        List<string> names = [.. graph.Outputs.Select(v => v.Name)];
        var given = names.Index().SelectMany(n => State(names, n.Index, actual) ?? []).Where(i => made.Contains(graph.Outputs[i])).Distinct().ToDictionary(i => graph.Outputs[i], i => (Input: new Value($"{names[i]}.given", graph.Outputs[i].Type), Stored: actual[i]));
        var judged = graph with
        {
            Inputs = [.. graph.Inputs, .. given.Values.Select(g => g.Input)],
            Nodes = [.. graph.Nodes.Select(node => node.Map(v => given.TryGetValue(v, out var other) && !node.Results.Contains(v) ? other.Input : v))],
        };
        return Interpreter.Run(judged, [.. inputs, .. given.Values.Select(g => g.Stored)]);
    }

    /// <summary>Each output, or state, and how it compares.</summary>
    public List<(string Output, Comparison Comparison)> Of(IReadOnlyList<string> names, IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual)
    {
        var all = new List<(string, Comparison)>();
        var parts = new HashSet<int>();
        for (var i = 0; i < names.Count; i++)
        {
            if (parts.Contains(i)) continue;
            if (State(names, i, expected) is not { } state || !state.TrueForAll(part => expected[part].Shape.SequenceEqual(actual[part].Shape))) all.Add((names[i], tolerance.Compare(expected[i], actual[i])));
            else
            {
                parts.UnionWith(state);
                all.Add((names[i][..^CodedState.Endings[0].Length], Compare(state.ConvertAll(part => expected[part]), state.ConvertAll(part => actual[part]))));
            }
        }
        return all;
    }

    /// <summary>The outputs that are a state's codes, scales and zero points, given the first; null where it is none.</summary>
    private static List<int>? State(IReadOnlyList<string> names, int codes, IReadOnlyList<Tensor> tensors)
    {
        if (!names[codes].EndsWith(CodedState.Endings[0], StringComparison.Ordinal) || tensors[codes].Kind is not { IsInteger: true, Bits: <= 8 }) return null;
        var name = names[codes][..^CodedState.Endings[0].Length];
        List<int> parts = [.. CodedState.Endings.Select(ending => names.Index().Where(n => n.Item == name + ending).Select(n => n.Index).DefaultIfEmpty(-1).First()).Where(part => part >= 0)];
        return parts.Count >= 2 && tensors[parts[1]] is { Kind.IsReal: true } scale && scale.Shape.Count == tensors[codes].Shape.Count ? parts : null;
    }

    private Comparison Compare(List<Tensor> expected, List<Tensor> actual)
    {
        var ((e, step), (a, other)) = (Numbers(expected), Numbers(actual));
        var difference = Difference.Between(Real(e, expected[0]), Real(a, actual[0]));
        var floor = tolerance.Floor(e);
        // Half a step of either side; a scale that is another than what was expected earns nothing.
        double Allowed(int i) => (step[i] + Math.Min(step[i], other[i])) / 2;
        var met = Enumerable.Range(0, e.Length).All(i => e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= Allowed(i) + floor);
        return new(met, difference, e.Length == 0 ? 0 : (Enumerable.Range(0, e.Length).Max(Allowed) + floor) / Math.Max(double.Epsilon, e.Max(Math.Abs)));
    }

    /// <summary>What codes stand for, and the step of each.</summary>
    private static (double[] Numbers, double[] Steps) Numbers(List<Tensor> parts)
    {
        var (codes, scale, zero) = (parts[0].ToDoubles(), parts[1].ToDoubles(), parts.Count > 2 ? parts[2].ToDoubles() : null);
        var (shape, groups) = (parts[0].Shape, parts[1].Shape);
        var (numbers, steps, of) = (new double[codes.Length], new double[codes.Length], new long[codes.Length]);
        for (var i = 0; i < codes.Length; i++)
        {
            var (left, group, size) = (i, 0L, 1L);
            for (var axis = shape.Count - 1; axis >= 0; axis--)
            {
                group += left % shape[axis] * groups[axis] / shape[axis] * size;
                (left, size) = ((int)(left / shape[axis]), size * groups[axis]);
            }
            of[i] = group;
            (numbers[i], steps[i]) = ((codes[i] - (zero?[group] ?? 0)) * scale[group], Math.Abs(scale[group]));
        }
        // A group of zeros has a scale that says nothing.
        foreach (var flat in Enumerable.Range(0, codes.Length).GroupBy(i => of[i]).Where(group => group.All(i => numbers[i] == 0))) foreach (var i in flat) steps[i] = 0;
        return (numbers, steps);
    }

    private static Tensor Real(double[] numbers, Tensor like) => new(Scalar.F64, like.Shape, Bytes.Of<double>(numbers));
}
