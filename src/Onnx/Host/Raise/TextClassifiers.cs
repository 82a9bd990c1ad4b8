using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>Classifiers whose classes are text: the same with the classes' numbers, which become text at the end. ai.onnx.ml LinearClassifier, SVMClassifier, TreeEnsembleClassifier.</summary>
internal sealed class TextClassifiers : HostRaise
{
    public override Seq<(string Domain, string Name)> Operators => [("ai.onnx.ml", "LinearClassifier"), ("ai.onnx.ml", "SVMClassifier"), ("ai.onnx.ml", "TreeEnsembleClassifier")];

    public override bool Takes(OnnxNode node, Seq<HostType?> x) => node.Strings("classlabels_strings") is { Count: > 0 };

    public override Seq<OnnxNode> Apply(OnnxNode node, Seq<HostType?> x)
    {
        var (texts, numbers) = (node.Strings("classlabels_strings")!.Value, node.OpType == "TreeEnsembleClassifier" ? "classlabels_int64s" : "classlabels_ints");
        var places = Inner(node, "places");
        var plain = node.Without("classlabels_strings").With(numbers, (Seq<long>)[.. texts.Select((_, i) => (long)i)]);
        if (node.Outputs[0] == "") return [plain];
        return [plain with { Outputs = node.Outputs.With(0, places) }, Use("TextWords", node, [places], [node.Outputs[0]]).With("words", texts)];
    }
}
