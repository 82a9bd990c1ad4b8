using System.Numerics;

namespace Lathe.Ir;

/// <summary>
/// Blocks of outputs by inputs, kept where the data say: <c>4x1</c>. A bit for each block says whether it is kept; those that are lie one after another, all of the
/// first outputs before the next. Where a block lies follows from the number of bits before its own: each group of words has that of its first.
/// </summary>
/// <param name="Outputs">Outputs of a block, <paramref name="Inputs"/> its inputs.</param>
/// <remarks>Bits cost as much for each block, few or many; 1.125 bits at all. Elsen and others, Fast Sparse ConvNets (2020), for blocks along outputs.</remarks>
public sealed record BlockPattern(int Outputs, int Inputs) : SparsePattern
{
    private const int WordBits = 32, Words = 8;

    public int Outputs { get; } = Outputs is >= 1 and <= 64 ? Outputs : throw new ArgumentException($"a block has 1 to 64 outputs, not {Outputs}");

    public int Inputs { get; } = Inputs is >= 1 and <= 64 ? Inputs : throw new ArgumentException($"a block has 1 to 64 inputs, not {Inputs}");

    public int Size => Outputs * Inputs;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Outputs}x{Inputs}");

    /// <summary>Blocks of a tensor, kept or not.</summary>
    internal long Count(SparseShape shape)
    {
        var inputs = Inputs;
        return Up(shape.Outputs, Outputs) * shape.Others.Aggregate(1L, (size, axis) => size * (axis == shape.Input ? Up(shape.Inputs, inputs) : shape.Extents[axis].Whole));
    }

    /// <summary>Blocks that are stored, at least one.</summary>
    internal long Stored(SparseShape shape) => Math.Max(1, (long)Math.Round(shape.Keep * Count(shape)));

    internal override Shape Kept(SparseShape shape) => [Stored(shape), Size];

    internal override Seq<Plane> Index(SparseShape shape) => Up(Count(shape), WordBits) is var words ? [new("bits", Scalar.U32, [words]), new("before", Scalar.I32, [Up(words, Words)])] : [];

    internal override Expr Number(Storage storage, SparseShape shape, Seq<Expr> at, bool inside, Func<Seq<Expr>, Expr> kept)
    {
        Expr block = Linear.Simplify(at[shape.Output] / Outputs), place = 0;
        foreach (var axis in shape.Others)
        {
            var (extent, index) = axis == shape.Input ? (Up(shape.Inputs, Inputs), Linear.Simplify(at[axis] / Inputs)) : (shape.Extents[axis].Whole, at[axis]);
            (block, place) = (Linear.Simplify(block * extent + index), axis == shape.Input ? Linear.Simplify(at[axis] % Inputs) : place);
        }
        Expr Load(string plane, Expr index) => storage.Load(plane, [Linear.Simplify(index)], inside ? null : 0);
        Expr bit = Linear.Simplify(block % WordBits), word = Linear.Simplify(block / WordBits);
        var bits = Load("bits", word);
        var one = Ir.Number.Of(Scalar.U32, 1L);
        var isKept = Expr.Same((bits >> bit.As(Scalar.U32)) & one, one);
        // Of the words of a group those before its own count whole.
        var (before, group) = (Load("before", word / Words), Linear.Simplify(word / Words));
        for (var w = 0; w < Words - 1; w++)
        {
            var whole = storage.Load("bits", [Linear.Simplify(Expr.Min(group * Words + w, Up(Count(shape), WordBits) - 1))], inside ? null : 0);
            before += Expr.Select(w < Linear.Simplify(word % Words), Call.Of(Function.PopCount, whole).As(Scalar.I32), Ir.Number.Of(Scalar.I32, 0L));
        }
        before += Call.Of(Function.PopCount, bits & ((one << bit.As(Scalar.U32)) - one)).As(Scalar.I32);
        // What is not kept reads the first: somewhere inside.
        var number = kept([Expr.Select(isKept, before.As(Scalar.I64), 0), Linear.Simplify(at[shape.Output] % Outputs * Inputs + place)]);
        return Expr.Select(isKept, number, Ir.Number.Of(Scalar.F32, 0.0));
    }

    internal override (int[] Places, Seq<Bytes> Index) Choose(ReadOnlySpan<float> numbers, SparseShape shape)
    {
        var (count, stored) = (checked((int)Count(shape)), checked((int)Stored(shape)));
        var norms = new double[count];
        var members = new int[checked(count * Size)];
        Array.Fill(members, -1);
        var strides = shape.Others.Select(axis => (Axis: axis, Extent: shape.Extents[axis].Whole, Stride: shape.Stride(axis))).ToArray();
        var (outputs, stride) = (shape.Outputs, shape.Stride(shape.Output));
        var inner = strides.Aggregate(1L, (size, s) => size * s.Extent);
        for (var o = 0L; o < outputs; o++)
            for (var i = 0L; i < inner; i++)
            {
                var (flat, left, block, size, t) = (o * stride, i, 0L, 1L, 0L);
                for (var s = strides.Length - 1; s >= 0; s--)
                {
                    var index = left % strides[s].Extent;
                    (left, flat) = (left / strides[s].Extent, flat + index * strides[s].Stride);
                    var isInput = strides[s].Axis == shape.Input;
                    if (isInput) t = index % Inputs;
                    block += (isInput ? index / Inputs : index) * size;
                    size *= isInput ? Up(strides[s].Extent, Inputs) : strides[s].Extent;
                }
                block += o / Outputs * size;
                norms[block] += (double)numbers[(int)flat] * numbers[(int)flat];
                members[block * Size + o % Outputs * Inputs + t] = (int)flat;
            }
        var chosen = Enumerable.Range(0, count).OrderByDescending(b => norms[b]).ThenBy(b => b).Take(stored).Order().ToArray();
        var bits = new uint[Up(count, WordBits)];
        foreach (var block in chosen) bits[block / WordBits] |= 1u << block % WordBits;
        var before = new int[Up(bits.Length, Words)];
        for (var (word, sum) = (0, 0); word < bits.Length; word++)
        {
            if (word % Words == 0) before[word / Words] = sum;
            sum += BitOperations.PopCount(bits[word]);
        }
        return ([.. chosen.SelectMany(block => new ArraySegment<int>(members, block * Size, Size))], [Bytes.Of<uint>(bits), Bytes.Of<int>(before)]);
    }

    private static long Up(long a, long b) => (a + b - 1) / b;
}
