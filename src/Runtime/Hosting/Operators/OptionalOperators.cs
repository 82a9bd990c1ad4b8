namespace Lathe.Runtime.Hosting.Operators;

/// <summary>Optional, OptionalHasElement, OptionalGetElement. ONNX, opset 18.</summary>
internal sealed class OptionalOperators : HostOperator
{
    public override IReadOnlyList<string> Operators => ["Optional", "OptionalGetElement", "OptionalHasElement"];
    public override string Carries => "optional values";

    public override IEnumerable<HostType> Infer(HostNode node, IReadOnlyList<HostType?> x)
    {
        var held = x.ElementAtOrDefault(0) is { Form: HostForm.Optional } optional ? optional.Of! : x.ElementAtOrDefault(0) ?? HostType.Nothing;
        return [node.Operator switch
        {
            "OptionalHasElement" => HostType.Tensor("bool", []),
            "OptionalGetElement" => held,
            _ => new HostType(HostForm.Optional, Of: held),
        }];
    }

    public override IEnumerable<HostValue> Run(HostNode node, IReadOnlyList<HostValue?> x)
    {
        var held = x.ElementAtOrDefault(0) is null or HostAbsent ? null : x[0];
        return [node.Operator switch
        {
            "OptionalHasElement" => HostTensor.Of("bool", [], held is null ? 0 : 1),
            "OptionalGetElement" => held ?? throw new HostException("the value is absent"),
            _ => held ?? new HostAbsent(),
        }];
    }
}
