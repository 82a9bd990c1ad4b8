namespace Lathe.Onnx;

/// <summary>TreeEnsembleRegressor and TreeEnsembleClassifier: nodes named by tree and number, leaves among them.</summary>
internal sealed class OldTreeForms() : ClassicForm("TreeEnsembleClassifier", "TreeEnsembleRegressor")
{
    private static readonly string[] Modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];
    private const string Leaf = "LEAF";

    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, kind) = Rows(chain, scope, node.Input(0));
        var regressor = node.OpType == "TreeEnsembleRegressor";
        var classes = regressor ? [] : Labels.Of(node, "classlabels_int64s", "classlabels_strings");
        var prefix = regressor ? "target" : "class";
        var targets = regressor ? node.Int("n_targets", 1) : Math.Max(classes.Count, 1);
        var aggregate = regressor ? node.String("aggregate_function", "SUM") : "SUM";
        var ids = Ints(node, $"{prefix}_ids");
        var weights = Reals(node, scope, $"{prefix}_weights");
        var (forest, leaves, count) = Read(node, scope, kind);

        var (trees, numbers) = (Ints(node, $"{prefix}_treeids"), Ints(node, $"{prefix}_nodeids"));
        if (trees.Count != ids.Count || numbers.Count != ids.Count || weights.Count != ids.Count) throw new TypeException($"lists of {prefix}es are of different lengths");
        var each = ids.Select((id, i) => (leaves.TryGetValue((trees[i], numbers[i]), out var leaf) ? leaf : throw new TypeException($"node {numbers[i]} of tree {trees[i]} is no leaf"), id, weights[i])).ToList();
        var scores = forest.Scores(scope, chain, node.Outputs[0], x, LeafWeights.Dense(count, targets, aggregate, each), targets, aggregate);
        var bases = Reals(node, scope, "base_values");
        var transform = node.String("post_transform", "NONE");
        if (regressor)
        {
            if (bases.Count > 0) scores = chain.Add("Add", [scores, scope.Numbers($"{node.Outputs[0]}.base", kind, [bases.Count], bases.AsSpan())]);
            scores = PostTransform.Of(chain, transform, scores, kind);
            chain.Name(kind == Scalar.F32 ? scores : chain.Add("Cast", [scores], ("to", To(Scalar.F32))), node.Outputs[0]);
            return;
        }

        // Two classes of which the leaves know one: its score decides, by half where weights are shares, else by its sign.
        string label;
        if (classes.Count <= 2 && ids.Distinct().Count() == 1)
        {
            var score = chain.Add("Slice", [scores, chain.Wholes(ids[0]), chain.Wholes(ids[0] + 1), chain.Wholes(1)]);
            if (bases.Count > 0) score = chain.Add("Add", [score, chain.Number(kind, bases[^1])]);
            var shares = weights.All(w => w >= 0);
            label = Labels.Above(chain, score, shares ? 0.5 : 0, kind, classes[^1], classes.Count == 2 ? classes[0] : 0);
            var other = shares ? chain.Add("Sub", [chain.Number(kind, 1), score]) : chain.Add("Neg", [score]);
            scores = PostTransform.Of(chain, shares && transform == "LOGISTIC" ? "NONE" : transform, chain.Add("Concat", [other, score], ("axis", 1L)), kind);
        }
        else
        {
            if (bases.Count > 0) scores = chain.Add("Add", [scores, scope.Numbers($"{node.Outputs[0]}.base", kind, [bases.Count], bases.AsSpan())]);
            label = Labels.Largest(chain, scores, classes);
            scores = PostTransform.Of(chain, transform, scores, kind);
        }
        chain.Name(label, node.Outputs[0]);
        chain.Name(kind == Scalar.F32 ? scores : chain.Add("Cast", [scores], ("to", To(Scalar.F32))), Result(node, 1));
    }

    /// <summary>The trees; the number of each leaf by its tree and node; how many leaves there are.</summary>
    private static (Forest, Dictionary<(long Tree, long Node), long>, long) Read(OnnxNode node, RaiseScope scope, Scalar kind)
    {
        var (trees, numbers, features) = (Ints(node, "nodes_treeids"), Ints(node, "nodes_nodeids"), Ints(node, "nodes_featureids"));
        var (falses, trues, modes, missing) = (Ints(node, "nodes_falsenodeids"), Ints(node, "nodes_truenodeids"), node.Strings("nodes_modes") ?? [], node.Ints("nodes_missing_value_tracks_true") ?? []);
        var splits = Reals(node, scope, "nodes_values");
        if (new[] { numbers.Count, features.Count, falses.Count, trues.Count, modes.Count, splits.Count }.Any(length => length != trees.Count)) throw new TypeException("lists of nodes are of different lengths");
        var (forest, leaves, places, followed) = (new Forest(kind), new Dictionary<(long, long), long>(), new Dictionary<(long, long), int>(), new HashSet<(long, long)>());
        for (var i = 0; i < trees.Count; i++)
        {
            var name = (trees[i], numbers[i]);
            var isNew = modes[i] == Leaf ? leaves.TryAdd(name, leaves.Count)
                : places.TryAdd(name, forest.Add(features[i], splits[i], Array.IndexOf(Modes, modes[i]) is >= 0 and var mode ? mode : throw new TypeException($"a node's mode is {modes[i]}"), i < missing.Count && missing[i] != 0));
            if (!isNew) throw new TypeException($"node {numbers[i]} of tree {trees[i]} is there twice");
        }
        long Place(long tree, long number)
        {
            followed.Add((tree, number));
            return places.TryGetValue((tree, number), out var place) ? place : leaves.TryGetValue((tree, number), out var leaf) ? ~leaf : throw new TypeException($"node {number} of tree {tree} is not there");
        }
        for (var i = 0; i < trees.Count; i++)
            if (places.TryGetValue((trees[i], numbers[i]), out var place)) forest.Follow(place, Place(trees[i], falses[i]), Place(trees[i], trues[i]));
        foreach (var tree in trees.Distinct())
        {
            var roots = numbers.Where((number, i) => trees[i] == tree && !followed.Contains((tree, number))).ToList();
            forest.Roots.Add(roots.Count > 0 ? Place(tree, roots[0]) : throw new TypeException($"tree {tree} has no root"));
        }
        return (forest, leaves, leaves.Count);
    }

    private static Seq<long> Ints(OnnxNode node, string name) => node.Ints(name) ?? [];

    private static Seq<double> Reals(OnnxNode node, RaiseScope scope, string name) => node.Floats(name) ?? (node.Tensor($"{name}_as_tensor") is { } tensor ? [.. scope.Contents(name, tensor).ToDoubles()] : []);
}
