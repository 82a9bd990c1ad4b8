namespace Lathe.Onnx.Host;

/// <summary>Optional, OptionalHasElement, OptionalGetElement. ONNX, opset 18.</summary>
internal sealed class OptionalOps : HostOp
{
    public override Seq<string> Operators => ["Optional", "OptionalGetElement", "OptionalHasElement"];
    public override string Carries => "optional values";

    public override IEnumerable<HostValue> Run(OnnxNode node, Seq<HostValue?> x, HostScope scope)
    {
        var held = x.ElementAtOrDefault(0) is null or HostAbsent ? null : x[0];
        yield return node.OpType switch
        {
            "OptionalHasElement" => new HostTensor(Tensor.Of(Scalar.Bool, [], held is null ? 0 : 1)),
            "OptionalGetElement" => held ?? throw new TypeException("the value is absent"),
            _ => held ?? new HostAbsent(),
        };
    }
}
