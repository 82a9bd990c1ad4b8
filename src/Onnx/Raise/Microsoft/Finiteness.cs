namespace Lathe.Onnx;

/// <summary>IsAllFinite: whether no number of any operand is infinite or NaN; or only one of the two.</summary>
internal sealed class Finiteness() : MicrosoftForm("IsAllFinite")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (infinities, nans) = (node.Int("isnan_only", 0) == 0, node.Int("isinf_only", 0) == 0);
        if (!infinities && !nans) throw new TypeException("isinf_only and isnan_only exclude each other");
        string Some(string op, string x) => chain.Add("ReduceMax", [chain.Add("Reshape", [chain.Add("Cast", [chain.Add(op, [x])], ("to", (long)ElementKinds.Number(Scalar.I32))), chain.Wholes(-1)])], ("keepdims", 0L));
        var odd = node.Inputs.SelectMany(x => new[] { infinities ? Some("IsInf", x) : "", nans ? Some("IsNaN", x) : "" }).Where(name => name != "").Aggregate((a, b) => chain.Add("Max", [a, b]));
        chain.Name(chain.Add("Equal", [odd, chain.Number(Scalar.I32, 0)]), node.Outputs[0]);
    }
}
