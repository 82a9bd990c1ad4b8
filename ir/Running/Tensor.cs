namespace Lathe.Ir;

/// <summary>Numbers in memory with a shape: what a run takes and gives. Row-major; kinds below a byte packed as ONNX packs them.</summary>
/// <param name="kind">What each number is.</param>
/// <param name="shape">Extent of each axis; none for a single number.</param>
/// <param name="bytes">At least the bytes that the shape takes.</param>
public sealed class Tensor(Scalar kind, Seq<long> shape, Bytes bytes)
{
    public Scalar Kind => kind;
    public Seq<long> Shape => shape;
    public Bytes Bytes { get; } = bytes.Length >= kind.Bytes(Size(shape)) ? bytes
        : throw new ArgumentException($"tensor<{shape}, {kind.Text}> takes {kind.Bytes(Size(shape))} bytes, it is given {bytes.Length}");

    /// <summary>How many numbers.</summary>
    public long Count => Size(shape);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(Scalar kind, Seq<long> shape) => new(kind, shape, Bytes.Zeros(kind.Bytes(Size(shape))));

    /// <summary>A tensor of numbers given as f64, rounded or truncated to its kind.</summary>
    public static Tensor Of(Scalar kind, Seq<long> shape, params ReadOnlySpan<double> numbers)
    {
        var contents = new byte[kind.Bytes(Size(shape))];
        for (var i = 0; i < numbers.Length; i++) Numbers.Write(kind, contents, i, numbers[i]);
        return new(kind, shape, numbers.Length == Size(shape) ? Bytes.Of(contents) : throw new ArgumentException($"{shape} takes {Size(shape)} numbers, not {numbers.Length}"));
    }

    public static Tensor Of(Seq<long> shape, params ReadOnlySpan<float> numbers) => new(Scalar.F32, shape, Bytes.Of(numbers));

    public static Tensor Of(Seq<long> shape, params ReadOnlySpan<long> numbers) => new(Scalar.I64, shape, Bytes.Of(numbers));

    /// <summary>The numbers as f64; whole numbers exactly up to 2^53.</summary>
    public double[] ToDoubles() => Numbers.Unpack(kind, Bytes, Count);

    private static long Size(Seq<long> shape)
    {
        var size = 1L;
        foreach (var extent in shape) size = extent >= 0 ? checked(size * extent) : throw new ArgumentException($"an extent of {shape} is negative");
        return size;
    }

    public override string ToString() => $"tensor<{(shape.Count == 0 ? "" : string.Join('x', shape) + ", ")}{kind.Text}>";
}
