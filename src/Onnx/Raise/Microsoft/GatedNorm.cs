namespace Lathe.Onnx;

/// <summary>GatedRMSNorm: groups of numbers over the root of their mean square, times a scale and SiLU of a gate, all in f32.</summary>
/// <remarks>Operands: x [..., groups · C]; scale [C]; gate, of x's shape.</remarks>
internal sealed class GatedNorm() : MicrosoftForm("GatedRMSNorm")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (type, scale) = (scope.Type(node.Input(0)), scope.Type(node.Input(1)));
        if (type.Rank == 0 || scale is not { Rank: 1, IsStatic: true }) throw new TypeException($"the scale must be [C], known when compiling, and x [..., groups of C], they are {scale} and {type}");
        string Wide(string value) => type.Scalar == Scalar.F32 ? value : chain.Add("Cast", [value], ("to", (long)ElementKinds.Number(Scalar.F32)));
        var groups = chain.Add("Reshape", [Wide(node.Input(0)), chain.Wholes([.. Enumerable.Repeat(0L, type.Rank - 1), -1, scale.Shape[0].Whole])]);
        var normed = chain.Add("Reshape", [chain.Add("RMSNormalization", [groups, Wide(node.Input(1))], ("epsilon", node.Float("epsilon", 1e-6))), chain.Add("Shape", [node.Input(0)])]);
        var gate = Wide(node.Input(2));
        var made = chain.Add("Mul", [normed, chain.Add("Mul", [gate, chain.Add("Sigmoid", [gate])])]);
        chain.Name(type.Scalar == Scalar.F32 ? made : chain.Add("Cast", [made], ("to", (long)ElementKinds.Number(type.Scalar))), node.Outputs[0]);
    }
}
