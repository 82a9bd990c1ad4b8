namespace Lathe.Onnx;

/// <summary>1 / √(mean of squares + epsilon) over the last axes: a result of its own in ONNX Runtime's simplified normalizations.</summary>
internal static class RootMeanSquare
{
    /// <param name="axis">The first of the axes that are normalized, counted from the end.</param>
    public static string Inverse(Chain chain, string x, Scalar kind, long axis, double epsilon)
    {
        Seq<long> axes = [.. Enumerable.Range((int)axis, (int)-axis).Select(i => (long)i)];
        var wide = kind == Scalar.F32 ? x : chain.Add("Cast", [x], ("to", (long)ElementKinds.Number(Scalar.F32)));
        var mean = chain.Add("ReduceMean", [chain.Add("Mul", [wide, wide]), chain.Wholes(axes)]);
        return chain.Add("Reciprocal", [chain.Add("Sqrt", [chain.Add("Add", [mean, chain.Number(Scalar.F32, epsilon)])])]);
    }
}
