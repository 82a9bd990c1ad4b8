namespace Lathe.Ir;

/// <summary>Vector quantization: a code for every few inputs of an output, looked up in a book of vectors that the weight has once: <c>vq dim=4 bits=8</c>. Two bits a number, and the book.</summary>
/// <param name="Dim">Neighbouring inputs of a vector.</param>
/// <param name="Bits">Of a code, 2 to 8: a book has 2^bits vectors.</param>
/// <param name="Stages">Books whose vectors are added up: each is fitted to what those before it leave.</param>
/// <param name="Axis">The axis of outputs, with a scale for each.</param>
/// <param name="Input">The axis of inputs, along which vectors lie; the last vector may be of fewer.</param>
/// <param name="Scales">The kind a scale is stored in.</param>
/// <remarks>Linde, Buzo, Gray, An Algorithm for Vector Quantizer Design, 1980. Residual stages and weighting as VPTQ (2024) and GPTVQ (2024) have them.</remarks>
[EncodingExample("vq dim=2 bits=3", "vq dim=3 bits=4 stages=2 axis=1 input=0 scales=f32")]
public sealed record Vq(int Dim = 4, int Bits = 8, int Stages = 1, int Axis = 0, int Input = 1, Scalar Scales = Scalar.F16) : Encoding
{
    private const string Book = "book", Scale = "scale";

    public int Dim { get; } = Dim is >= 2 and <= 16 ? Dim : throw new TypeException($"a vector is of 2 to 16 numbers, not {Dim}");

    public int Bits { get; } = Bits is >= 2 and <= 8 ? Bits : throw new TypeException($"a book has codes of 2 to 8 bits, not {Bits}");

    public int Stages { get; } = Stages is >= 1 and <= 4 ? Stages : throw new TypeException($"there are 1 to 4 books, not {Stages}");

    public int Axis { get; } = Axis >= 0 ? Axis : throw new TypeException($"axes are counted from 0, there is no axis {Axis}");

    public int Input { get; } = Input >= 0 && Input != Axis ? Input : throw new TypeException($"outputs lie along axis {Axis}, inputs cannot lie along {Input}");

    public Scalar Scales { get; } = Scales is Scalar.F32 or Scalar.F16 or Scalar.BF16 ? Scales : throw new TypeException($"scales are f32, f16 or bf16, not {Scales.Text}");

    public override Scalar Scalar => Scalar.F32;

    /// <summary>What is stored for a vector.</summary>
    public Code Code => new(false, Bits);

    /// <summary>Numbers of all books.</summary>
    public int BookSize => Stages * (1 << Bits) * Dim;

    public override Seq<Plane> Planes(Shape shape)
    {
        Check(shape);
        return [.. Code.Planes(Vectors(shape)), new(Scale, Scales, [shape[Axis]]), new(Book, Scalar.F32, [Stages, 1 << Bits, Dim])];
    }

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        Seq<Expr> vector = [.. at.Select((index, axis) => axis == Input ? index / Dim : index)];
        Expr? sum = null;
        for (var stage = 0; stage < Stages; stage++)
        {
            var code = Code.Read(storage, [.. vector, stage], outside is null ? null : 0);
            // A vector is within its book whatever the place is.
            var part = storage.Load(Book, [stage, code.As(Scalar.I64), at[Input] % Dim]);
            sum = sum is null ? part : sum + part;
        }
        var number = sum! * storage.Load(Scale, [at[Axis]], outside is null ? null : Number.Of(Scalar.F32, 0.0).As(Scales)).As(Scalar.F32);
        return outside is null ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape) => VectorBook.Fit(this, numbers.ToArray(), [], shape).Nearest();

    /// <summary>The same format for a weight whose outputs and inputs lie along these axes.</summary>
    public Vq Placed(int input, int output) => new(Dim, Bits, Stages, output, input, Scales);

    /// <summary>A code for each stage of each vector.</summary>
    internal Shape Vectors(Shape shape) => [.. shape.Select((extent, axis) => axis == Input ? (Expr)((extent.Whole + Dim - 1) / Dim) : extent), Stages];

    private void Check(Shape shape)
    {
        if (Axis >= shape.Count || Input >= shape.Count) throw new TypeException($"{this} names axes {Axis} and {Input}, the tensor has {shape.Count}");
        if (!shape.All(extent => extent is Number)) throw new TypeException($"{this} is for weights, whose extents are known, not {shape}");
    }
}
