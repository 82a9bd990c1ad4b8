namespace Lathe.Onnx;

/// <summary>Operators that were tried up to opset 9 and left: Affine, Crop, ImageScaler, ParametricSoftplus, ScaledTanh.</summary>
internal sealed class ExperimentalForms() : ForeignForm("", "Affine", "Crop", "ImageScaler", "ParametricSoftplus", "ScaledTanh")
{
    protected override void Say(OnnxNode node, RaiseScope scope, Chain chain)
    {
        var (x, kind) = (node.Input(0), scope.Type(node.Input(0)).Scalar);
        string Number(double number) => chain.Number(kind, number);
        chain.Name(node.OpType switch
        {
            "Affine" => chain.Add("Add", [chain.Add("Mul", [x, Number(node.Float("alpha", 1))]), Number(node.Float("beta", 0))]),
            "ScaledTanh" => chain.Add("Mul", [chain.Add("Tanh", [chain.Add("Mul", [x, Number(node.Float("beta", 1))])]), Number(node.Float("alpha", 1))]),
            "ParametricSoftplus" => chain.Add("Mul", [chain.Add("Softplus", [chain.Add("Mul", [x, Number(node.Float("beta", 1))])]), Number(node.Float("alpha", 1))]),
            "ImageScaler" => Scaled(node, scope, chain, kind),
            _ => Cropped(node, scope, chain),
        }, node.Outputs[0]);
    }

    /// <summary>x · scale + a bias for each channel.</summary>
    private static string Scaled(OnnxNode node, RaiseScope scope, Chain chain, Scalar kind)
    {
        var bias = node.Floats("bias") ?? [];
        var scaled = chain.Add("Mul", [node.Input(0), chain.Number(kind, node.Float("scale", 1))]);
        return bias.Count == 0 ? scaled : chain.Add("Add", [scaled, scope.Numbers($"{node.Outputs[0]}.bias", kind, [bias.Count, 1, 1], bias.AsSpan())]);
    }

    /// <summary>An image without its border (left, top, right, bottom), or a part of a given size behind its left and upper border.</summary>
    private static string Cropped(OnnxNode node, RaiseScope scope, Chain chain)
    {
        if (node.Ints("border") is not [var left, var top, var right, var bottom]) throw new TypeException("border must be left, top, right and bottom");
        var type = scope.Type(node.Input(0));
        if (type.Rank != 4) throw new TypeException($"x must be [N, C, rows, columns], it is {type}");
        var (rows, columns) = node.Ints("scale") is [var height, var width] ? (top + height, left + width) : (bottom == 0 ? long.MaxValue : -bottom, right == 0 ? long.MaxValue : -right);
        return chain.Add("Slice", [node.Input(0), chain.Wholes(top, left), chain.Wholes(rows, columns), chain.Wholes(2, 3)]);
    }
}
