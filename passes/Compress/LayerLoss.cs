using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>What compressing one weight did.</summary>
/// <param name="Node">The step that reads it, as the model names it.</param>
/// <param name="Weight">The weight.</param>
/// <param name="Before">Its type before, <paramref name="After"/> its type now.</param>
/// <param name="Method">How the values were chosen.</param>
/// <param name="Error">Σ h·(w - ŵ)² over Σ h·w², h the mean square of what each number is multiplied by where it is known, else 1.</param>
/// <param name="Cosine">Between w and ŵ.</param>
public sealed record LayerLoss(string Node, string Weight, TensorType Before, TensorType After, string Method, double Error, double Cosine)
{
    public long BytesBefore => Before.Encoding.Size(Before.Shape);
    public long BytesAfter => After.Encoding.Size(After.Shape);

    /// <summary>Mean square of the layer's output error over that of its output on calibration data; null where that is not known.</summary>
    public double? OutputError { get; init; }

    /// <summary>The same on data that nothing was chosen by.</summary>
    public double? UnseenError { get; init; }

    /// <summary>Scales and tables included.</summary>
    public double BitsPerWeight => BytesAfter * 8.0 / Before.Count;

    /// <summary>Signal to noise in dB.</summary>
    public double Sqnr => -10 * Math.Log10(Error);

    /// <summary>Measures a weight against what is stored of it.</summary>
    public static LayerLoss Measure(WeightUse use, Value stored, string method, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> importance = default)
    {
        double off = 0, whole = 0, both = 0, plain = 0, other = 0;
        for (var i = 0; i < before.Length; i++)
        {
            double w = before[i], v = after[i], h = importance.IsEmpty ? 1 : importance[i];
            (off, whole, both, plain, other) = (off + h * (w - v) * (w - v), whole + h * w * w, both + w * v, plain + w * w, other + v * v);
        }
        return new(use.Node.Result.Name, use.Weight.Name, use.Weight.Type, stored.Type, method, whole == 0 ? 0 : off / whole, plain == 0 || other == 0 ? 1 : both / Math.Sqrt(plain * other));
    }
}
