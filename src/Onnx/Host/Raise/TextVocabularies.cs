using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>Operators that look text up in a list of their own: the same on places in the list. ai.onnx.ml OneHotEncoder, ONNX TfIdfVectorizer.</summary>
internal sealed class TextVocabularies : HostRaise
{
    public override Seq<(string Domain, string Name)> Operators => [("ai.onnx.ml", "OneHotEncoder"), ("", "TfIdfVectorizer")];

    public override bool Takes(OnnxNode node, Seq<HostType?> x) => x is [{ IsText: true }] && node.Strings(Texts(node)) is { Count: > 0 };

    public override Seq<OnnxNode> Apply(OnnxNode node, Seq<HostType?> x)
    {
        Seq<string> all = node.Strings(Texts(node))!.Value, words = [.. all.Distinct(StringComparer.Ordinal)];
        var (places, numbers) = (words.Index().ToDictionary(w => w.Item, w => (long)w.Index, StringComparer.Ordinal), Inner(node, "places"));
        var lookup = new OnnxNode("LabelEncoder", "ai.onnx.ml", node.Name, node.Inputs, [numbers], OnnxNode.NoAttributes, 4)
            .With("keys_strings", words).With("values_int64s", (Seq<long>)[.. words.Select((_, i) => (long)i)]).With("default_int64", -1L);
        return [lookup, node.Without(Texts(node)).With(node.OpType == "OneHotEncoder" ? "cats_int64s" : "pool_int64s", (Seq<long>)[.. all.Select(word => places[word])]) with { Inputs = [numbers] }];
    }

    private static string Texts(OnnxNode node) => node.OpType == "OneHotEncoder" ? "cats_strings" : "pool_strings";
}
