namespace Lathe.Onnx;

/// <summary>TreeEnsemble of opset 5: nodes and leaves apart, places as positions in their lists.</summary>
internal sealed class TreeForms() : ClassicForm("TreeEnsemble")
{
    /// <summary>Modes by their numbers; a test of membership becomes one test of equality after another.</summary>
    private const long Equal = 4, Member = 6;
    private static readonly Seq<string> Transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];
    private static readonly Seq<string> Aggregates = ["AVERAGE", "SUM", "MIN", "MAX"];

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var kind = scope.Type(node.Input(0)).Scalar;
        Seq<long> Ints(string name) => node.Ints(name) ?? throw new TypeException($"{name} is missing");
        double[] Reals(string name) => scope.Contents(name, node.Tensor(name) ?? throw new TypeException($"{name} is missing")).ToDoubles();
        var (features, splits, modes) = (Ints("nodes_featureids"), Reals("nodes_splits"), Reals("nodes_modes"));
        var (falses, falseLeafs, trues, trueLeafs) = (Ints("nodes_falsenodeids"), Ints("nodes_falseleafs"), Ints("nodes_truenodeids"), Ints("nodes_trueleafs"));
        var missing = node.Ints("nodes_missing_value_tracks_true") ?? [];
        var count = features.Count;
        if (new[] { splits.Length, modes.Length, falses.Count, falseLeafs.Count, trues.Count, trueLeafs.Count }.Any(length => length != count)) throw new TypeException("lists of nodes are of different lengths");

        var forest = new Forest(kind);
        var members = new Queue<double[]>(node.Has("membership_values") ? Sets(Reals("membership_values")) : []);
        var (places, more) = (new int[count], new List<int>[count]);
        for (var i = 0; i < count; i++)
        {
            var set = modes[i] == Member ? members.TryDequeue(out var found) ? found : throw new TypeException("membership_values hold too few sets") : [];
            places[i] = forest.Add(features[i], set.Length > 0 ? set[0] : splits[i], modes[i] == Member ? Equal : (long)modes[i], i < missing.Count && missing[i] != 0);
            more[i] = [.. set.Skip(1).Select(member => forest.Add(features[i], member, Equal, false))];
        }
        long Place(long at, bool leaf) => leaf ? ~at : at >= 0 && at < count ? places[at] : throw new TypeException($"a node of a tree leads to {at} of {count}");
        for (var i = 0; i < count; i++)
        {
            var (no, yes) = (Place(falses[i], falseLeafs[i] != 0), Place(trues[i], trueLeafs[i] != 0));
            var chained = more[i].Prepend(places[i]).ToList();
            for (var at = 0; at < chained.Count; at++) forest.Follow(chained[at], at + 1 < chained.Count ? chained[at + 1] : no, yes);
        }
        forest.Roots.AddRange(Ints("tree_roots").Select(root => Place(root, false)));

        var (targets, weights, total) = (Ints("leaf_targetids"), Reals("leaf_weights"), node.Int("n_targets", 1));
        var (aggregate, transform) = (node.Int("aggregate_function", 1), node.Int("post_transform", 0));
        if (aggregate is < 0 or > 3 || transform is < 0 or > 4 || targets.Count != weights.Length || targets.Any(t => t < 0 || t >= total)) throw new TypeException($"aggregate_function {aggregate}, post_transform {transform}, or targets of leaves are not defined");
        var dense = LeafWeights.Dense(weights.Length, total, Aggregates[(int)aggregate], [.. weights.Index().Select(w => ((long)w.Index, targets[w.Index], w.Item))]);
        chain.Name(PostTransform.Of(chain, Transforms[(int)transform], forest.Scores(scope, chain, node.Outputs[0], node.Input(0), dense, total, Aggregates[(int)aggregate]), kind), node.Outputs[0]);
    }

    /// <summary>The sets of members, each of which a NaN ends.</summary>
    private static IEnumerable<double[]> Sets(double[] members)
    {
        for (var start = 0; start < members.Length;)
        {
            var end = Array.FindIndex(members, start, double.IsNaN) is >= 0 and var found ? found : members.Length;
            yield return members[start..end];
            start = end + 1;
        }
    }
}
