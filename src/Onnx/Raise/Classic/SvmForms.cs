namespace Lathe.Onnx;

/// <summary>SVMRegressor and SVMClassifier: a kernel between rows and support vectors, and sums of it; one vote for each pair of classes.</summary>
/// <remarks>Without support vectors the coefficients are those of a linear model.</remarks>
internal sealed class SvmForms() : ClassicForm("SVMClassifier", "SVMRegressor")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var type = scope.Type(node.Input(0));
        var (x, kind) = Rows(chain, scope, node.Input(0));
        var machine = new SupportVectors(node, scope, chain, kind, type.Shape is [.., Number { Integer: > 0 and var features }] ? features : throw new TypeException($"the columns of {type} must be known when compiling"));
        string F32(string value) => kind == Scalar.F32 ? value : chain.Add("Cast", [value], ("to", To(Scalar.F32)));
        var transform = node.String("post_transform", "NONE");
        if (node.OpType == "SVMRegressor")
        {
            var sums = machine.Weighted(x, node.Int("n_supports", 0));
            chain.Name(F32(node.Int("one_class", 0) == 0 ? PostTransform.Of(chain, transform, sums, kind)
                : chain.Add("Where", [chain.Add("Greater", [sums, chain.Number(kind, 0)]), chain.Number(kind, 1), chain.Number(kind, -1)])), node.Outputs[0]);
            return;
        }

        var classes = Labels.Of(node, "classlabels_ints", "classlabels_strings");
        string label, scores;
        if (node.Ints("vectors_per_class") is { } each && each.Sum() > 0)
        {
            var pairs = machine.Pairs(x, each);
            label = Labels.Largest(chain, machine.Votes(pairs, classes.Count), classes);
            if (node.Floats("prob_a") is { Count: > 0 }) scores = PostTransform.Of(chain, transform, machine.Chances(pairs, classes.Count), kind);
            else if (classes.Count > 2) scores = PostTransform.Of(chain, transform, pairs, kind);
            else scores = PostTransform.Of(chain, transform, chain.Add("Concat", [chain.Add("Neg", [pairs]), pairs], ("axis", 1L)), kind);
        }
        else
        {
            var sums = machine.Linear(x, classes.Count);
            label = classes.Count == 1 ? Labels.Above(chain, sums, 0, kind, 1, 0) : Labels.Largest(chain, sums, classes);
            scores = PostTransform.Of(chain, transform, sums, kind);
        }
        chain.Name(label, node.Outputs[0]);
        chain.Name(F32(scores), Result(node, 1));
    }
}
