using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>
/// A weight that is a product of smaller arrays, plus what is kept of the rest in a format of its own. Numbers read back one by one; a product with the weight becomes
/// products with its factors (<see cref="Contract"/>). To add a structure, add one file with one subclass.
/// </summary>
/// <param name="Axis">The axis of outputs.</param>
/// <param name="Input">The axis of inputs, along which groups of <paramref name="Inner"/> lie.</param>
/// <param name="Inner">How factors are stored: f32, f16, bf16, or codes with a grid for each output or group. f32 if it is not said.</param>
/// <param name="Remainder">How the rest is stored; null where it is left out.</param>
public abstract record Factored(int Axis, int Input, Encoding? Inner, Encoding? Remainder) : Encoding
{
    /// <summary>What the part that is no factor is called.</summary>
    public const string Rest = "rest";

    /// <summary>One of the arrays.</summary>
    public sealed record Part(string Name, TensorType Type);

    public int Axis { get; init; } = Axis >= 0 ? Axis : throw new TypeException($"axes are counted from 0, there is no axis {Axis}");

    public int Input { get; init; } = Input >= 0 && Input != Axis ? Input : throw new TypeException($"outputs lie along axis {Axis}, inputs cannot lie along {Input}");

    public Encoding Inner { get; } = Codes(Inner) switch
    {
        null => new Dense(Scalar.F32),
        Dense { Kind: Scalar.F32 or Scalar.F16 or Scalar.BF16 } => Inner!,
        Grouped { Axis: -1 } grouped => grouped,
        _ => throw new TypeException($"factors cannot be stored as {Inner}: f32, f16, bf16, or a format that names no axis, such as i4 group=64"),
    };

    public Encoding? Remainder { get; init; } = Codes(Remainder) is null or Dense { Kind: Scalar.F16 or Scalar.BF16 } or Grouped or Sparse ? Codes(Remainder) : throw new TypeException($"what factors leave out cannot be stored as {Remainder}: f16, i4 group=64, sparse 2:4 (f16)");

    public sealed override Scalar Scalar => Scalar.F32;

    /// <summary>Whether products read the weight's numbers where they need them, and are not made of products with its factors.</summary>
    public virtual bool IsRead => false;

    /// <summary>How factors are found, for the report.</summary>
    public virtual string Fitting => "projection";

    /// <summary>The factors of a weight.</summary>
    protected internal abstract Seq<Part> Factors(Shape shape);

    /// <summary>A number of the product.</summary>
    /// <param name="factor">Reads a factor by its name.</param>
    protected internal abstract Expr Number(Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at);

    /// <summary>The numbers of each factor, whose product is nearest to given numbers.</summary>
    public abstract Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape);

    /// <summary>The product as a sum of products of factors, in the order of <see cref="Factors"/>, rows and columns as <see cref="Matrix"/> has them; null where it is none.</summary>
    public virtual TensorNetwork? Network(Shape shape) => null;

    /// <summary>
    /// The numbers of each factor, so that products with what data show are off by little. What is a <see cref="Network"/> is fitted by <see cref="NetworkFit"/>, from factors that are nearest to the
    /// numbers: where one factor has all columns, nearest with columns counting as the diagonal of H says.
    /// </summary>
    /// <param name="hessian">H = E[x·xᵀ] of what the columns of <see cref="Matrix"/> are multiplied by, damped already.</param>
    public virtual Seq<float[]> Split(ReadOnlySpan<float> numbers, double[] hessian, Shape shape)
    {
        if (Network(shape) is not { } network) return Split(numbers, shape);
        var ((outputs, columns), matrix) = (Sides(shape), Matrix(numbers, shape));
        // A column that data never show counts for next to nothing, and not for nothing: what is divided by it stays a number.
        var least = 1e-12 * Math.Max(Enumerable.Range(0, columns).Max(column => hessian[(long)column * columns + column]), double.Epsilon * 1e20);
        double Root(int column) => Math.Sqrt(Math.Max(hessian[(long)column * columns + column], least));
        Seq<float[]> near;
        if (network.Wide is { } wide)
        {
            var scaled = (double[])matrix.Clone();
            for (var i = 0; i < scaled.Length; i++) scaled[i] *= Root(i % columns);
            near = Split(Natural(scaled, shape), shape);
            near = near.With(wide, Narrowed(network.Scaled(Widened(near[wide]), column => 1 / Root(column))));
        }
        else near = Split(numbers, shape);
        return [.. NetworkFit.Of(network, [.. near.Select(Widened)], Free(near), matrix, hessian, outputs, columns).Select(Narrowed)];
    }

    private static double[] Widened(float[] numbers) => Array.ConvertAll(numbers, n => (double)n);

    private static float[] Narrowed(double[] numbers) => Array.ConvertAll(numbers, n => (float)n);

    /// <summary>Which numbers of which factors may move; null: all.</summary>
    protected virtual Func<int, int, bool>? Free(Seq<float[]> factors) => null;

    /// <summary>The product of a value with the factors, as steps.</summary>
    /// <param name="product">What is multiplied, and where results lie.</param>
    /// <param name="factor">A factor as a weight of its own, by its name.</param>
    /// <returns>The value that holds the product, without bias; null where the step is no product of the kind that the factors serve.</returns>
    public abstract Value? Contract(WeightProduct product, Func<string, Value> factor);

    /// <summary>Factors, then the rest.</summary>
    public Seq<Part> Parts(Shape shape)
    {
        if (Axis >= shape.Count || Input >= shape.Count) throw new TypeException($"{this} names axes {Axis} and {Input}, the tensor has {shape.Count}");
        if (!shape.All(extent => extent is Number)) throw new TypeException($"{this} is for weights, whose extents are known, not {shape}");
        return Remainder is null ? Factors(shape) : [.. Factors(shape), new(Rest, new(RestShape(shape), Stored(Remainder)))];
    }

    /// <summary>The shape of the rest: that of the weight, to which it is added.</summary>
    protected virtual Shape RestShape(Shape shape) => shape;

    /// <summary>A number of the weight, given that of the factors.</summary>
    /// <param name="rest">Reads the rest.</param>
    protected virtual Expr WithRest(Expr number, Func<Seq<Expr>, Expr> rest, Func<string, Seq<Expr>, Expr> factor, Shape shape, Seq<Expr> at) => number + rest(at);

    /// <summary>Whether products with the rest are added to <see cref="Contract"/>'s by whoever asks; else they are part of them.</summary>
    public virtual bool AddsRest => Remainder is not null;

    public sealed override Seq<Plane> Planes(Shape shape) => [.. Parts(shape).SelectMany(part => part.Type.Encoding.Planes(part.Type.Shape).Select(plane => plane with { Name = plane.Name == "" ? part.Name : $"{part.Name}:{plane.Name}" }))];

    public sealed override Expr Decode(Storage storage, Seq<Expr> at, Expr? outside)
    {
        var shape = storage.Type.Shape;
        var parts = Parts(shape).ToDictionary(part => part.Name, StringComparer.Ordinal);
        var number = Number(Read, shape, at);
        if (Remainder is not null) number = WithRest(number, index => Read(Rest, index), Read, shape, at);
        return outside is null ? number : Expr.Select(Dense.Inside(shape, at), number, outside);

        Expr Read(string name, Seq<Expr> index) => parts[name].Type.Encoding.Decode(new($"{storage.Name}:{name}", parts[name].Type), index, outside is null ? null : parts[name].Type.Encoding is Dense { Kind.IsReal: false } whole ? Ir.Number.Of(whole.Kind, 0L) : Ir.Number.Of(Scalar.F32, 0.0));
    }

    /// <summary>The rest is what its format makes of the numbers; the factors are nearest to what that loses. Without a rest they are nearest to the numbers.</summary>
    public override Seq<Bytes> Encode(ReadOnlySpan<float> numbers, Shape shape)
    {
        _ = Parts(shape);
        if (Remainder is null) return Pack(Split(numbers, shape), [], shape);
        var rest = Stored(Remainder).Encode(numbers, shape);
        var left = numbers.ToArray();
        foreach (var (i, number) in Decoded.Of(new Value(Rest, new(shape, Stored(Remainder)), rest)).Index()) left[i] -= number;
        return Pack(Split(left, shape), rest, shape);
    }

    /// <summary>The planes of factors and of a rest that is stored already.</summary>
    /// <param name="factors">The numbers of each, in the order of <see cref="Factors"/>.</param>
    public Seq<Bytes> Pack(Seq<float[]> factors, Seq<Bytes> rest, Shape shape) =>
        [.. Factors(shape).Zip(factors).SelectMany(p => p.First.Type.Encoding.Encode(p.Second, p.First.Type.Shape)), .. rest];

    /// <summary>The numbers of the product, of factors as they are stored.</summary>
    /// <param name="planes">Those of the factors.</param>
    public float[] Multiplied(Seq<Bytes> planes, Shape shape)
    {
        var (start, factors) = (0, new List<float[]>());
        foreach (var part in Factors(shape))
        {
            var count = part.Type.Encoding.Planes(part.Type.Shape).Count;
            factors.Add(Decoded.Of(new Value(part.Name, part.Type, [.. planes.Skip(start).Take(count)])));
            start += count;
        }
        return Multiplied([.. factors], shape);
    }

    /// <summary>The numbers of the product.</summary>
    /// <param name="factors">The numbers of each.</param>
    protected internal abstract float[] Multiplied(Seq<float[]> factors, Shape shape);

    /// <summary>A part of a weight as a weight of its own.</summary>
    public Value Of(Value weight, string name, string called)
    {
        var start = 0;
        foreach (var part in Parts(weight.Type.Shape))
        {
            var count = part.Type.Encoding.Planes(part.Type.Shape).Count;
            if (part.Name == name) return new(called, part.Type, [.. weight.Planes.Skip(start).Take(count)]);
            start += count;
        }
        throw new ArgumentException($"{this} has no part {name}");
    }

    /// <summary>A part as a weight of zeros: what it takes to ask whether a product can be made with it.</summary>
    public Value Blank(string name, Shape shape)
    {
        var type = Parts(shape).First(part => part.Name == name).Type;
        return new(name, type, [.. type.Encoding.Planes(type.Shape).Select(plane => Bytes.Zeros(plane.Bytes))]);
    }

    /// <summary>A factor in the format of <see cref="Inner"/>.</summary>
    /// <param name="input">The axis along which groups lie, <paramref name="output"/> that with a grid for each index without groups.</param>
    protected Part Factor(string name, Shape shape, int input, int output) => new(name, new(shape, Inner is Grouped grouped ? grouped.Placed(input, output, shape.Count) : Stored(Inner)));

    /// <summary>A kind of whole number that a text names stands for codes with scales.</summary>
    private static Encoding? Codes(Encoding? encoding) => encoding is Dense { Kind: var kind } && Code.Parse(kind.Text) is { } code ? new Uniform(code) : encoding;

    /// <summary>Why no product can be made with the factors of a weight of this shape, which is read number by number then; null if one can.</summary>
    public virtual string? Unserved(Shape shape) => null;

    /// <summary>The weight as a matrix: outputs by everything else, in the order of its axes.</summary>
    protected (int Outputs, int Columns) Sides(Shape shape) => shape[Axis].Whole is var outputs && outputs > 0 ? ((int)outputs, (int)(shape.Aggregate(1L, (size, extent) => checked(size * extent.Whole)) / outputs)) : throw new TypeException($"{this} is for weights with outputs, {shape} has none");

    /// <summary>Where a number of that matrix lies in the weight.</summary>
    protected int Place(Shape shape, int output, int column) => Inside(shape) is var inside ? (column / inside * (int)shape[Axis].Whole + output) * inside + column % inside : 0;

    /// <summary>The weight as that matrix.</summary>
    public double[] Matrix(ReadOnlySpan<float> numbers, Shape shape)
    {
        var (outputs, columns) = Sides(shape);
        var matrix = new double[numbers.Length];
        for (var o = 0; o < outputs; o++) for (var c = 0; c < columns; c++) matrix[(long)o * columns + c] = numbers[Place(shape, o, c)];
        return matrix;
    }

    /// <summary>That matrix as the weight.</summary>
    public float[] Natural(ReadOnlySpan<double> matrix, Shape shape)
    {
        var (outputs, columns) = Sides(shape);
        var numbers = new float[matrix.Length];
        for (var o = 0; o < outputs; o++) for (var c = 0; c < columns; c++) numbers[Place(shape, o, c)] = (float)matrix[o * columns + c];
        return numbers;
    }

    /// <summary>The column of that matrix that a place of the weight is in.</summary>
    public int Column(int place, Shape shape) => (int)shape[Axis].Whole * Inside(shape) is var outer ? place / outer * Inside(shape) + place % Inside(shape) : 0;

    /// <summary>A letter for each axis of the weight, outputs and inputs with these.</summary>
    protected string Letters(Shape shape, char output, char input) => string.Concat(shape.Select((_, axis) => axis == Axis ? output : axis == Input ? input : (char)('a' + axis)));

    /// <summary>How far the axes go that are neither those of outputs nor of inputs.</summary>
    protected IEnumerable<(char Letter, long Extent)> Taps(Shape shape) => shape.Index().Where(p => p.Index != Axis && p.Index != Input).Select(p => ((char)('a' + p.Index), p.Item.Whole));

    /// <summary>The shape of a factor that lies as the weight does, with other outputs.</summary>
    protected Shape Low(Shape shape, long rank) => shape.With(Axis, rank);

    /// <summary>The weight whose outputs are sums of those of a factor that lies as the weight does.</summary>
    /// <param name="mixing">Outputs by rank.</param>
    protected float[] Mixed(float[] mixing, float[] low, long rank, Shape shape) => Sides(shape) is var (outputs, columns)
        ? Natural(Matrices.Product([.. mixing.Select(n => (double)n)], Matrix(low, Low(shape, rank)), outputs, (int)rank, columns), shape) : [];

    /// <summary>The column of that matrix at an index of the weight.</summary>
    protected Expr Column(Shape shape, Seq<Expr> at) => Linear.Simplify(at.Index().Where(p => p.Index != Axis).Aggregate((Expr)0, (column, p) => column * shape[p.Index] + p.Item));

    /// <summary>Numbers from one index of the axis of outputs to the next.</summary>
    protected int Inside(Shape shape) => (int)shape.Skip(Axis + 1).Aggregate(1L, (size, extent) => size * extent.Whole);

    /// <summary>Whether a weight has no axes but those of outputs and inputs.</summary>
    protected bool IsMatrix(Shape shape) => shape.Index().All(p => p.Index == Axis || p.Index == Input || p.Item is Number { Integer: 1 });

    /// <summary>Narrow floats are read as f32, which they multiply.</summary>
    private static Encoding Stored(Encoding encoding) => encoding is Dense { Kind: Scalar.F16 or Scalar.BF16 } dense ? new Narrow(dense.Kind) : encoding;
}
