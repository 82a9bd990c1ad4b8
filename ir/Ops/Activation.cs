namespace Lathe.Ir.Ops;

/// <summary>The functions that recurrent operators name in their attributes.</summary>
/// <param name="Name">As ONNX spells it, in any case.</param>
/// <param name="Alpha">First parameter.</param>
/// <param name="Beta">Second parameter.</param>
internal sealed record Activation(string Name, double Alpha, double Beta)
{
    /// <summary>Parameters that are not given are those of the operator of the same name; 0 for functions without one.</summary>
    private static readonly Dictionary<string, (double? Alpha, double? Beta)> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Relu"] = default,
        ["Tanh"] = default,
        ["Sigmoid"] = default,
        ["Softsign"] = default,
        ["Softplus"] = default,
        ["LeakyRelu"] = (0.01, null),
        ["ThresholdedRelu"] = (1, null),
        ["Elu"] = (1, null),
        ["HardSigmoid"] = (0.2, 0.5),
        ["Affine"] = (1, 0),
        ["ScaledTanh"] = (1, 1),
    };

    /// <summary>The functions that are named; each takes the next alpha and beta if it has such a parameter.</summary>
    public static Activation[] Read(Seq<string> names, Seq<float> alphas, Seq<float> betas)
    {
        var (alpha, beta) = (0, 0);
        return [.. names.Select(name =>
        {
            if (!Defaults.TryGetValue(name, out var own)) throw new TypeException($"activations must be of {string.Join(", ", Defaults.Keys.Order(StringComparer.Ordinal))}, one is {name}");
            return new Activation(name, own.Alpha is { } a ? alpha < alphas.Count ? alphas[alpha++] : a : 0, own.Beta is { } b ? beta < betas.Count ? betas[beta++] : b : 0);
        })];
    }

    public Expr Of(Expr x) => Name.ToUpperInvariant() switch
    {
        "RELU" => Expr.Max(x, 0),
        "TANH" => Expr.Tanh(x),
        "SIGMOID" => 1.0 / (1.0 + Expr.Exp(-x)),
        "SOFTSIGN" => x / (1.0 + Expr.Abs(x)),
        "SOFTPLUS" => Expr.Max(x, 0) + Expr.Log(1.0 + Expr.Exp(-Expr.Abs(x))),
        "LEAKYRELU" => Expr.Select(x < 0, x * Alpha, x),
        "THRESHOLDEDRELU" => Expr.Select(x > Alpha, x, 0),
        "ELU" => Expr.Select(x < 0, (Expr.Exp(x) - 1.0) * Alpha, x),
        "HARDSIGMOID" => Expr.Clamp(x * Alpha + Beta, 0, 1),
        "AFFINE" => x * Alpha + Beta,
        "SCALEDTANH" => Expr.Tanh(x * Beta) * Alpha,
        _ => throw new UnreachableException(),
    };
}
