namespace Lathe.Onnx;

/// <summary>What classical models do with their scores at the end.</summary>
internal static class PostTransform
{
    /// <summary>Winitzki's constant in his approximation of the inverse error function, and √2, as ONNX writes them.</summary>
    private const double Winitzki = 0.147, RootOfTwo = 1.41421356;

    /// <summary>Scores nearer to 0 than this stay 0 in SOFTMAX_ZERO.</summary>
    private const double Nothing = 1e-7;

    /// <param name="name">NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT.</param>
    /// <param name="scores">[batch, classes].</param>
    public static string Of(Chain chain, string name, string scores, Scalar kind) => name switch
    {
        "NONE" => scores,
        "SOFTMAX" => chain.Add("Softmax", [scores], ("axis", -1L)),
        "LOGISTIC" => chain.Add("Sigmoid", [scores]),
        "SOFTMAX_ZERO" => SoftmaxZero(chain, scores, kind),
        "PROBIT" => Probit(chain, scores, kind),
        _ => throw new TypeException($"post_transform must be NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT, it is {name}"),
    };

    /// <summary>A softmax in which a score of 0 counts as 0.</summary>
    private static string SoftmaxZero(Chain chain, string scores, Scalar kind)
    {
        var most = chain.Add("ReduceMax", [scores, chain.Wholes(-1)]);
        var some = chain.Add("Greater", [chain.Add("Abs", [scores]), chain.Number(kind, Nothing)]);
        var parts = chain.Add("Where", [some, chain.Add("Exp", [chain.Add("Sub", [scores, most])]), chain.Add("Mul", [scores, chain.Add("Exp", [chain.Add("Neg", [most])])])]);
        var sum = chain.Add("ReduceSum", [parts, chain.Wholes(-1)]);
        var none = chain.Add("Equal", [sum, chain.Number(kind, 0)]);
        return chain.Add("Where", [none, chain.Number(kind, 0.5), chain.Add("Div", [parts, sum])]);
    }

    /// <summary>√2 · erf⁻¹(2x - 1).</summary>
    private static string Probit(Chain chain, string x, Scalar kind)
    {
        string Number(double number) => chain.Number(kind, number);
        var y = chain.Add("Sub", [chain.Add("Mul", [x, Number(2)]), Number(1)]);
        var log = chain.Add("Log", [chain.Add("Mul", [chain.Add("Sub", [Number(1), y]), chain.Add("Add", [Number(1), y])])]);
        var v = chain.Add("Add", [chain.Add("Mul", [log, Number(0.5)]), Number(2 / (Math.PI * Winitzki))]);
        var root = chain.Add("Sqrt", [chain.Add("Sub", [chain.Add("Mul", [v, v]), chain.Add("Mul", [log, Number(1 / Winitzki)])])]);
        var inverse = chain.Add("Mul", [chain.Add("Sqrt", [chain.Add("Sub", [root, v])]), chain.Add("Sign", [y])]);
        return chain.Add("Mul", [inverse, Number(RootOfTwo)]);
    }
}
