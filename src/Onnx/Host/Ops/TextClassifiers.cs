namespace Lathe.Onnx.Host;

/// <summary>Classifiers whose classes are text: the same with the classes' numbers, which become text at the end. ai.onnx.ml LinearClassifier, SVMClassifier, TreeEnsembleClassifier.</summary>
internal sealed class TextClassifiers : HostOp
{
    public override Seq<string> Operators => ["LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier"];
    public override string Domain => "ai.onnx.ml";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        if (node.Strings("classlabels_strings") is not { Count: > 0 } texts) return scope.Step(node, x);
        var numbers = node.OpType == "TreeEnsembleClassifier" ? "classlabels_int64s" : "classlabels_ints";
        Seq<HostValue> results = [.. scope.Step(node.Without("classlabels_strings").With(numbers, (Seq<long>)[.. texts.Select((_, i) => (long)i)]), x)];
        return results is [HostTensor { Tensor: var labels }, ..] ? results.With(0, new HostText(labels.Shape, [.. labels.ToDoubles().Select(label => texts[(int)label])])) : results;
    }
}
