using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Weights in a narrower float, each number rounded once: no scales, no codes to choose, products are of f32 still.</summary>
internal static class NarrowWeights
{
    /// <summary>The format that weights get if one asks for it: f16 for <c>f16</c>; null for formats whose codes are chosen.</summary>
    public static Narrow? Of(Encoding format) => format as Narrow ?? (format is Dense { Kind: Scalar.F16 or Scalar.BF16 } dense ? new(dense.Kind) : null);

    /// <summary>The weights of some uses as they are stored.</summary>
    /// <param name="left">Is told why a weight stays as it is.</param>
    public static Dictionary<Value, Value> Of(IEnumerable<WeightUse> uses, Narrow format, Compilation compilation, Action<WeightUse, string> left)
    {
        var stored = new Dictionary<Value, Value>();
        foreach (var use in uses)
        {
            var (type, numbers) = (use.Weight.Type, use.Weight.Planes[0].ToArray<float>());
            var value = new Value(use.Weight.Name, type.With(format), format.Encode(numbers, type.Shape));
            var after = Decoded.Of(value);
            if (Array.FindIndex(after, number => !float.IsFinite(number)) is >= 0 and var bad)
            {
                left(use, $"{RecordText.Real(numbers[bad], single: true)} is more than {format.Kind.Text} holds");
                continue;
            }
            stored[use.Weight] = value;
            compilation.Losses.Add(LayerLoss.Measure(use, value, "nearest", numbers, after));
        }
        return stored;
    }
}
