using Lathe.Ir.Algebra;

namespace Lathe.Ir;

/// <summary>A weight whose blocks are taken from a pool that holds fewer. Which of them a block is, and how many times that, a subclass says.</summary>
/// <param name="Count">Blocks in the pool.</param>
/// <param name="Outputs">Outputs of a block; at multiples of 16 kernels read it in whole vectors, else they have the weight in f32.</param>
/// <param name="Inputs">Inputs of a block.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
/// <remarks>No product could be made with the pool first: a block is read where the weight is, out of the first caches. The pool alone is in the artifact, and in memory.</remarks>
public abstract record Pooled(long? Count, long Outputs, long Inputs, int Axis, int Input, Encoding? Inner, Encoding? Remainder) : Ranked(Count, Axis, Input, Inner, Remainder)
{
    protected const string Pool = "pool";

    /// <summary>Columns that kernels read together.</summary>
    private const long Panel = 16;

    public long Outputs { get; } = Outputs > 0 ? Outputs : throw new TypeException($"a block has at least one output, not {Outputs}");

    public long Inputs { get; } = Inputs > 0 ? Inputs : throw new TypeException($"a block has at least one input, not {Inputs}");

    public sealed override bool IsRead => true;

    /// <summary>A block of its own for each of the weight.</summary>
    public sealed override long Full(Shape shape) => Grid(shape).Aggregate(1L, (size, extent) => size * extent.Whole);

    protected sealed override string Subject(Shape shape) => $"{shape} in blocks of {Outputs} by {Inputs}";

    /// <summary>How many blocks there are along each axis of the weight; the last ones may be cut.</summary>
    protected Shape Grid(Shape shape) => [.. shape.Select((extent, axis) => axis == Axis ? Up(extent, Outputs) : axis == Input ? Up(extent, Inputs) : extent)];

    /// <summary>The pool: outputs run fastest.</summary>
    protected Part Shared(Shape shape) => Factor(Pool, [Checked(shape), Inputs, Outputs], 1, 0);

    /// <summary>Where a number's block is.</summary>
    protected Seq<Expr> Block(Seq<Expr> at) => [.. at.Select((index, axis) => axis == Axis ? Linear.Simplify(index / Outputs) : axis == Input ? Linear.Simplify(index / Inputs) : index)];

    /// <summary>A number of the pool.</summary>
    /// <param name="block">Which one of it.</param>
    protected Expr Shared(Func<string, Seq<Expr>, Expr> factor, Expr block, Seq<Expr> at)
    {
        // In sixteens, so that it shows that neighbours in a panel are neighbours in the pool.
        var output = Outputs % Panel == 0 ? at[Axis] / Panel % (Outputs / Panel) * Panel + at[Axis] % Panel : at[Axis] % Outputs;
        return factor(Pool, [block, Linear.Simplify(at[Input] % Inputs), Linear.Simplify(output)]);
    }

    /// <summary>For each number of the weight its block, counted along the grid, and its place in a block of the pool.</summary>
    protected (int[] Block, int[] Place) Places(Shape shape)
    {
        long[] extents = [.. shape.Select(extent => extent.Whole)], grid = [.. Grid(shape).Select(extent => extent.Whole)];
        var size = (int)extents.Aggregate(1L, (product, extent) => checked(product * extent));
        var (blocks, places) = (new int[size], new int[size]);
        for (var i = 0; i < size; i++)
        {
            long left = i, block = 0, place = 0, stride = 1;
            for (var axis = extents.Length - 1; axis >= 0; stride *= grid[axis--])
            {
                var at = left % extents[axis];
                left /= extents[axis];
                place += axis == Axis ? at % Outputs : axis == Input ? at % Inputs * Outputs : 0;
                block += (axis == Axis ? at / Outputs : axis == Input ? at / Inputs : at) * stride;
            }
            (blocks[i], places[i]) = ((int)block, (int)place);
        }
        return (blocks, places);
    }

    public sealed override Seq<float[]> Split(ReadOnlySpan<float> numbers, Shape shape) => Fitted(numbers.ToArray(), null, shape);

    /// <summary>Numbers count as the diagonal of H says.</summary>
    public sealed override Seq<float[]> Split(ReadOnlySpan<float> numbers, double[] hessian, Shape shape)
    {
        var (counts, columns) = (new double[numbers.Length], Sides(shape).Columns);
        for (var i = 0; i < counts.Length; i++) counts[i] = hessian[(long)Column(i, shape) * (columns + 1)];
        return Fitted(numbers.ToArray(), counts, shape);
    }

    /// <param name="counts">How much each number counts; null: all alike.</param>
    protected abstract Seq<float[]> Fitted(float[] numbers, double[]? counts, Shape shape);

    public sealed override Value? Contract(WeightProduct product, Func<string, Value> factor) => null;

    private static long Up(Expr extent, long by) => (extent.Whole + by - 1) / by;
}
