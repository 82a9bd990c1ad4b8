namespace Lathe.Ir;

/// <summary>A weight of which only some numbers are kept, those in a format of their own: <c>sparse 4x1 keep=0.2 (f32)</c>, <c>sparse 2:4 (i8 axis=0)</c>. The rest are 0.</summary>
/// <param name="Pattern">Which numbers are kept together.</param>
/// <param name="Keep">Of blocks, the share that is kept; it decides the size. Groups say it themselves.</param>
/// <param name="Axis">The axis of outputs, along which blocks lie.</param>
/// <param name="Input">The axis of inputs, along which groups lie.</param>
/// <param name="Inner">How the numbers that are kept are stored: f32, f16, bf16, or codes with a grid for each group of the whole tensor. f32 if it is not said.</param>
/// <remarks>Encoding keeps the blocks, or the numbers of each group, of largest magnitude: those that a method of pruning has left are the only ones that are not 0.</remarks>
[EncodingExample("sparse 4x1 keep=0.4 axis=1 input=0 (f32)", "sparse 1x1 keep=0.3 (i8 axis=0)", "sparse 2:4 (f16)", "sparse 2x2 keep=0.5 (f32)", "sparse 2:8 axis=1 input=0 (i4 group=3)")]
public sealed record Sparse(SparsePattern Pattern, double Keep = 1, int Axis = 0, int Input = 1, Encoding? Inner = null) : Encoding
{
    public double Keep { get; } = Keep is > 0 and <= 1 ? Keep : throw new TypeException($"the share that is kept is above 0 and at most 1, it is {RecordText.Show(Keep)}");

    public int Axis { get; } = Axis >= 0 ? Axis : throw new TypeException($"axes are counted from 0, there is no axis {Axis}");

    public int Input { get; } = Input >= 0 && Input != Axis ? Input : throw new TypeException($"outputs lie along axis {Axis}, inputs cannot lie along {Input}");

    public Encoding Inner { get; } = Inner switch
    {
        null => new Dense(Scalar.F32),
        Dense { Kind: Scalar.F32 or Scalar.F16 or Scalar.BF16 } or Grouped => Inner,
        _ => throw new TypeException($"numbers that are kept cannot be stored as {Inner}: f32, f16, bf16, i8 axis=0, i4 group=64"),
    };

    public override Scalar Scalar => Scalar.F32;

    /// <summary>Planes of numbers as they are inside, but only of those kept; then what numbers share; then which are kept.</summary>
    public override Seq<Plane> Planes(Shape shape)
    {
        var (at, kept) = (Of(shape), Pattern.Kept(Of(shape)));
        return [.. Inner is Grouped grouped ? grouped.Planes(shape).Select(plane => IsCode(grouped, plane) ? plane with { Shape = kept } : plane) : [new Plane("q", ((Dense)Inner).Kind, kept)], .. Pattern.Index(at)];
    }

    public override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        var number = Pattern.Number(storage, Of(storage.Type.Shape), at, outside is null, index => Inner is Grouped grouped
            ? grouped.Read(storage, storage.Type.Shape, index, at, outside is null)
            : storage.Load("q", index, outside is null ? null : Ir.Number.Of(Scalar.F32, 0.0).As(((Dense)Inner).Kind)).As(Scalar.F32));
        return outside is null ? number : Expr.Select(Dense.Inside(storage.Type.Shape, at), number, outside);
    }

    /// <summary>Keeps the numbers of largest magnitude.</summary>
    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (places, index) = Pattern.Choose(numbers, Of(shape));
        var kept = new float[places.Length];
        for (var i = 0; i < kept.Length; i++) kept[i] = places[i] < 0 ? 0 : numbers[places[i]];
        if (Inner is Dense dense) return [Numbers.Pack(dense.Kind, kept), .. index];
        // Grids follow the numbers that are there.
        var (whole, counts) = (new float[numbers.Length], new float[numbers.Length]);
        foreach (var place in places.Where(p => p >= 0)) (whole[place], counts[place]) = (numbers[place], 1);
        var (codes, grids) = ((Grouped)Inner).Choose(whole, counts, shape);
        return Pack(places, codes, grids, index, shape);
    }

    /// <summary>The planes of codes that were chosen for a whole tensor.</summary>
    /// <param name="codes">One for each number, kept or not.</param>
    /// <param name="numbers">What decides which are kept.</param>
    public Seq<Bytes> Pack(int[] codes, Grid[] grids, ReadOnlySpan<float> numbers, Shape shape)
    {
        var (places, index) = Pattern.Choose(numbers, Of(shape));
        return Pack(places, codes, grids, index, shape);
    }

    /// <summary>Where encoding given numbers would store something, the rest would be 0.</summary>
    public bool[] Mask(ReadOnlySpan<float> numbers, Shape shape)
    {
        var mask = new bool[numbers.Length];
        foreach (var place in Pattern.Choose(numbers, Of(shape)).Places) if (place >= 0) mask[place] = true;
        return mask;
    }

    private Seq<Bytes> Pack(int[] places, int[] codes, Grid[] grids, Seq<Bytes> index, Shape shape)
    {
        var kept = new int[places.Length];
        for (var i = 0; i < kept.Length; i++) kept[i] = places[i] < 0 ? 0 : codes[places[i]];
        return [.. ((Grouped)Inner).Pack(kept, grids, shape), .. index];
    }

    private static bool IsCode(Grouped grouped, Plane plane) => grouped.Parameters.Concat(grouped.Lines).Concat(grouped.Shared).All(p => p.Name != plane.Name);

    private SparseShape Of(Shape shape)
    {
        if (Axis >= shape.Count || Input >= shape.Count) throw new TypeException($"{this} names axes {Axis} and {Input}, the tensor has {shape.Count}");
        if (!shape.All(extent => extent is Number)) throw new TypeException($"{this} is for weights, whose extents are known, not {shape}");
        return new(shape, Axis, Input, Keep);
    }
}
