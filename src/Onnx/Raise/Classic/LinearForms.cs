namespace Lathe.Onnx;

/// <summary>LinearRegressor and LinearClassifier: x·coefficientsᵀ + intercepts.</summary>
internal sealed class LinearForms() : ClassicForm("LinearClassifier", "LinearRegressor")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, kind) = Rows(chain, scope, node.Input(0));
        var coefficients = node.Floats("coefficients") ?? throw new TypeException("coefficients is missing");
        var regressor = node.OpType == "LinearRegressor";
        var classes = regressor ? [] : Labels.Of(node, "classlabels_ints", "classlabels_strings");
        var features = scope.Type(node.Input(0)).Shape[^1] is Number { Integer: > 0 and var known } ? known : throw new TypeException($"the columns of {scope.Type(node.Input(0))} must be known when compiling");
        if (coefficients.Count % features != 0) throw new TypeException($"{coefficients.Count} coefficients for {features} features");
        var rows = coefficients.Count / features;

        var scores = chain.Add("MatMul", [x, chain.Add("Transpose", [scope.Numbers($"{node.Outputs[0]}.coefficients", kind, [rows, features], coefficients.AsSpan())], ("perm", (Seq<long>)[1, 0]))]);
        if (node.Floats("intercepts") is { Count: > 0 } intercepts) scores = chain.Add("Add", [scores, scope.Numbers($"{node.Outputs[0]}.intercepts", kind, [intercepts.Count], intercepts.AsSpan())]);
        var transform = node.String("post_transform", "NONE");
        if (regressor)
        {
            chain.Name(PostTransform.Of(chain, transform, scores, kind), node.Outputs[0]);
            return;
        }
        // One row of coefficients for two classes is the score of the second.
        string label;
        if (rows == 1 && classes.Count == 2)
        {
            label = Labels.Above(chain, scores, 0, kind, classes[1], classes[0]);
            scores = chain.Add("Concat", [chain.Add("Neg", [scores]), scores], ("axis", 1L));
        }
        else if (rows == 1) label = Labels.Above(chain, scores, 0, kind, classes[0], 0);
        else label = Labels.Largest(chain, scores, classes);
        chain.Name(label, node.Outputs[0]);
        scores = PostTransform.Of(chain, transform, scores, kind);
        chain.Name(kind == Scalar.F32 ? scores : chain.Add("Cast", [scores], ("to", To(Scalar.F32))), Result(node, 1));
    }
}
