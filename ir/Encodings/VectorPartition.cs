namespace Lathe.Ir;

/// <summary>Which numbers of a weight are a vector of <see cref="Vq"/>: in the order of its codes, so many neighbours along the axis of inputs.</summary>
public sealed class VectorPartition
{
    private readonly Vq format;
    private readonly long[] extents, strides;

    public VectorPartition(Vq format, Shape shape)
    {
        this.format = format;
        extents = [.. shape.Select(extent => extent.Whole)];
        strides = new long[extents.Length];
        var stride = 1L;
        for (var axis = extents.Length - 1; axis >= 0; stride *= extents[axis--]) strides[axis] = stride;
        Count = checked((int)(extents[format.Input] == 0 ? 0 : stride / extents[format.Input] * Up(extents[format.Input])));
    }

    /// <summary>How many vectors.</summary>
    public int Count { get; }

    /// <summary>Rows that have a scale of their own.</summary>
    public int Rows => (int)extents[format.Axis];

    /// <summary>The row that a number of the weight is in.</summary>
    /// <param name="place">In the weight's own order.</param>
    public int Row(long place) => (int)(place / strides[format.Axis] % extents[format.Axis]);

    /// <summary>The row of a vector and where its numbers lie.</summary>
    /// <param name="places">Room for the numbers of a vector.</param>
    /// <returns>How many there are: fewer at the end of a row.</returns>
    public (int Row, int Length) Members(int vector, Span<int> places)
    {
        long rest = vector, first = 0, input = 0;
        for (var axis = extents.Length - 1; axis >= 0; axis--)
        {
            var size = axis == format.Input ? Up(extents[axis]) : extents[axis];
            var at = rest % size * (axis == format.Input ? format.Dim : 1);
            rest /= size;
            first += at * strides[axis];
            if (axis == format.Input) input = at;
        }
        var length = (int)Math.Min(format.Dim, extents[format.Input] - input);
        for (var i = 0; i < length; i++) places[i] = (int)(first + i * strides[format.Input]);
        return (Row(first), length);
    }

    private long Up(long inputs) => (inputs + format.Dim - 1) / format.Dim;
}
