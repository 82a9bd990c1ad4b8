namespace Lathe.Onnx;

/// <summary>GemmaRotaryEmbedding: x·cos(angle) + (x turned by half)·sin(angle) of queries and keys.</summary>
/// <remarks>Operands: angles [batch, sequence, numbers]; queries, queries turned, keys, keys turned, [batch, heads, sequence, numbers].</remarks>
internal sealed class GemmaRotaryParts() : MicrosoftForm("GemmaRotaryEmbedding")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (from, to) = (scope.Type(node.Input(0)).Scalar, scope.Type(node.Input(1)).Scalar);
        string Factor(string op)
        {
            var factor = chain.Add("Unsqueeze", [chain.Add(op, [node.Input(0)]), chain.Wholes(1)]);
            return from == to ? factor : chain.Add("Cast", [factor], ("to", (long)ElementKinds.Number(to)));
        }
        var (cos, sin) = (Factor("Cos"), Factor("Sin"));
        for (var i = 0; i < 2; i++)
            chain.Name(chain.Add("Add", [chain.Add("Mul", [node.Input(1 + 2 * i), cos]), chain.Add("Mul", [node.Input(2 + 2 * i), sin])]), Result(node, i));
    }
}
