namespace Lathe.Onnx;

/// <summary>ConstantOfShape holds its number in an attribute; Expand says the same with an operand.</summary>
internal sealed class FilledTensor : Raise
{
    public override Seq<string> Operators => ["ConstantOfShape"];

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope)
    {
        var near = $"{node.Outputs[0]}.value";
        var given = node.Attributes.GetValueOrDefault("value");
        if (given is not null && given.T is null) throw new TypeException($"value must be a tensor, it is {AttributeKinds.Of(given).Text()}");
        if (given is not null && given.T.Dims.Any(d => d != 1)) throw new TypeException($"value must be one number, it is of shape [{string.Join(", ", given.T.Dims)}]");
        yield return OnnxNode.Of("Expand", [given is null ? scope.Number(near, Scalar.F32, 0) : scope.Tensor(near, given.T), node.Input(0)], node.Outputs);
    }
}
