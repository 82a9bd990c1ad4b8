using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Factors for the channels of a value that weights multiply: w·s and x/s give the same products, and other rounding. The division goes into what makes the
/// value where <see cref="Simplify"/> finds it linear (a normalization, a product), else it stays as a step.
/// </summary>
/// <param name="Input">The value.</param>
/// <param name="Factors">s, one for each channel.</param>
/// <param name="Uses">The weights that are multiplied by s.</param>
internal sealed record InputScaling(Value Input, double[] Factors, Seq<WeightUse> Uses)
{
    /// <summary>The graph with weights and inputs scaled: it computes the same but for rounding in f32.</summary>
    public static Graph Apply(Graph graph, IReadOnlyList<InputScaling> all, Compilation compilation)
    {
        if (all.Count == 0) return graph;
        var names = new Surroundings(graph);
        var nodes = graph.Nodes.ToList();
        var known = new[] { compilation.Calibration, compilation.Unseen }.OfType<Calibration>().Select(c => (Before: c, Values: new Dictionary<string, ValueStatistics>(c.Values, StringComparer.Ordinal), Grams: new Dictionary<string, Gram>(c.Grams, StringComparer.Ordinal))).ToList();
        foreach (var scaling in all)
        {
            var input = scaling.Input;
            var axis = Channel(scaling.Uses[0])!.Value;
            double[] inverse = [.. scaling.Factors.Select(s => 1 / s)];
            Seq<Expr> shape = [inverse.Length, .. Enumerable.Repeat((Expr)1, input.Type.Rank - 1 - axis)];
            var factor = new Value(names.Fresh(input.Name + ".scale"), new(shape, Scalar.F32), [Bytes.Of<float>([.. inverse.Select(s => (float)s)])]);
            var scaled = new Value(names.Fresh(input.Name + ".scaled"), input.Type);
            var weights = scaling.Uses.Select(u => u.Weight).Distinct().ToDictionary(w => w, w => Weight(scaling.Uses.First(u => u.Weight == w), scaling.Factors));
            var first = nodes.FindIndex(n => scaling.Uses.Any(u => u.Node.Result == n.Result));
            for (var i = first; i < nodes.Count; i++)
                if (scaling.Uses.Any(u => u.Node.Result == nodes[i].Result)) nodes[i] = nodes[i].Map(v => v == input ? scaled : weights.GetValueOrDefault(v, v));
            nodes.Insert(first, new(new Ir.Ops.Mul(), [input, factor], [scaled]));
            foreach (var (_, values, grams) in known)
            {
                if (values.GetValueOrDefault(input.Name) is { } seen) values[scaled.Name] = seen.Scaled(inverse);
                foreach (var use in scaling.Uses)
                    if (Unfolding.Of(use) is { } before && grams.TryGetValue(before.Key, out var gram)
                        && Unfolding.Of(WeightUse.Of(nodes.Find(n => n.Result == use.Node.Result)!).First(u => u.Weight == weights[use.Weight])) is { } after)
                        grams[after.Key] = gram.Scaled([.. Enumerable.Range(0, gram.Size).Select(k => inverse[k % inverse.Length])]);
            }
        }
        Calibration? After(Calibration? before) => before is null ? null : known.Find(k => ReferenceEquals(k.Before, before)) is var k ? before with { Values = k.Values, Grams = k.Grams } : null;
        (compilation.Calibration, compilation.Unseen) = (After(compilation.Calibration), After(compilation.Unseen));
        var module = new Simplify().Run(new(graph with { Nodes = [.. nodes] }), compilation);
        return module.MustBeGraph;
    }

    /// <summary>The axis of the input whose channels a weight's input axis runs along; null where it is no axis of its own, or shared out among rows.</summary>
    public static int? Channel(WeightUse use)
    {
        if (use.Kind != WeightKind.Product || WeightMatrix.Read(use) is not { } weight || Unfolding.Of(use) is not { Groups: 1 } unfolding) return null;
        var read = Formula.Of(use.Node)!.ReadsOf(unfolding.Input).First();
        return read.At.Index().Where(p => p.Item == weight.At[use.Input]).ToList() is [var only] ? only.Index : null;
    }

    private static Value Weight(WeightUse use, double[] factors)
    {
        var type = use.Weight.Type;
        var (numbers, step) = (use.Weight.Planes[0].ToArray<float>(), (int)type.Shape.Skip(use.Input + 1).Aggregate(1L, (size, e) => size * e.Whole));
        for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)(numbers[i] * factors[i / step % factors.Length]);
        return new(use.Weight.Name, type, [Bytes.Of<float>(numbers)]);
    }
}
