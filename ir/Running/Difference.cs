namespace Lathe.Ir;

/// <summary>How far a result is from what it should be.</summary>
/// <param name="Share">The largest error as a share of the expected numbers' largest finite magnitude (of 1 where that is 0); infinite where they cannot be compared.</param>
/// <param name="Where">The index of the largest error or of the first that cannot be: both sides printed; empty where there is none.</param>
public sealed record Difference(double Share, string Where = "")
{
    /// <summary>Compares element by element: reals by error, NaNs and infinities by place, whole numbers and bools exactly.</summary>
    public static Difference Between(Tensor expected, Tensor actual)
    {
        if (expected.Kind != actual.Kind || expected.Shape != actual.Shape) return new(double.PositiveInfinity, $"expected {expected}, found {actual}");
        return expected.Kind.IsReal ? Reals(expected, actual) : Exact(expected, actual);
    }

    private static Difference Reals(Tensor expected, Tensor actual)
    {
        var (x, y) = (expected.ToDoubles(), actual.ToDoubles());
        var (largest, error, at) = (0.0, 0.0, -1);
        for (var i = 0; i < x.Length; i++)
        {
            if (double.IsFinite(x[i]) && double.IsFinite(y[i]))
            {
                largest = Math.Max(largest, Math.Abs(x[i]));
                if (Math.Abs(x[i] - y[i]) > error) (error, at) = (Math.Abs(x[i] - y[i]), i);
            }
            else if (!x[i].Equals(y[i])) return new(double.PositiveInfinity, Text(expected.Shape, i, x[i], y[i]));
        }
        return at < 0 ? new(0) : new(error / (largest == 0 ? 1 : largest), Text(expected.Shape, at, x[at], y[at]));
    }

    private static Difference Exact(Tensor expected, Tensor actual)
    {
        var size = (int)expected.Kind.Bytes(expected.Count);
        var x = expected.Bytes.Slice(0, size).ToArray<byte>();
        var y = actual.Bytes.Slice(0, size).ToArray<byte>();
        if (expected.Kind.IsComplex) return x.AsSpan().SequenceEqual(y) ? new(0) : new(double.PositiveInfinity, "complex numbers differ");
        for (var i = 0L; i < expected.Count; i++)
            if (Numbers.ReadWhole(expected.Kind, x, i) is var a && Numbers.ReadWhole(expected.Kind, y, i) is var b && a != b)
                return new(double.PositiveInfinity, Text(expected.Shape, i, a, b));
        return new(0);
    }

    private static string Text(Seq<long> shape, long flat, IFormattable expected, IFormattable actual)
    {
        var at = new long[shape.Count];
        for (var axis = shape.Count - 1; axis >= 0; axis--) (flat, at[axis]) = (flat / shape[axis], flat % shape[axis]);
        return $"at [{string.Join(", ", at)}]: expected {expected.ToString(null, CultureInfo.InvariantCulture)}, found {actual.ToString(null, CultureInfo.InvariantCulture)}";
    }
}
