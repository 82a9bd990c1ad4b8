namespace Lathe.Onnx;

/// <summary>The function that a fused operator ends with, as its attributes name it.</summary>
internal static class FusedActivation
{
    private static readonly Dictionary<string, Seq<string>> Parameters = new(StringComparer.Ordinal)
    {
        ["Clip"] = [],
        ["Elu"] = ["alpha"],
        ["HardSigmoid"] = ["alpha", "beta"],
        ["HardSwish"] = [],
        ["LeakyRelu"] = ["alpha"],
        ["Relu"] = [],
        ["Sigmoid"] = [],
        ["Softplus"] = [],
        ["Softsign"] = [],
        ["Tanh"] = [],
        ["ThresholdedRelu"] = ["alpha"],
    };

    /// <summary>The function of a value.</summary>
    /// <param name="name">Empty where there is none.</param>
    /// <param name="numbers">Its parameters; those that are not given are the operator's own.</param>
    public static string Of(Chain chain, string value, string name, Seq<double> numbers, Scalar kind)
    {
        if (name == "") return value;
        if (!Parameters.TryGetValue(name, out var parameters)) throw new TypeException($"activation must be of {string.Join(", ", Parameters.Keys.Order(StringComparer.Ordinal))}, it is {name}");
        if (name == "Clip") return chain.Add("Clip", [value, .. numbers.Take(2).Select(n => chain.Number(kind, n))]);
        return chain.Add(name, [value], [.. parameters.Zip(numbers).Select(p => (p.First, (object)p.Second))]);
    }
}
