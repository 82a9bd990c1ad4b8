namespace Lathe.Ir;

/// <summary>The extents of a sparse weight, and which of its axes blocks and groups lie along.</summary>
/// <param name="Extents">Of the tensor.</param>
/// <param name="Output">The axis of outputs, <paramref name="Input"/> that of inputs.</param>
/// <param name="Keep">The share of blocks that is kept.</param>
internal readonly record struct SparseShape(Shape Extents, int Output, int Input, double Keep)
{
    public long Outputs => Extents[Output].Whole;

    public long Inputs => Extents[Input].Whole;

    /// <summary>Numbers of the tensor from one index of an axis to the next.</summary>
    public long Stride(int axis) => Extents.Skip(axis + 1).Aggregate(1L, (size, extent) => checked(size * extent.Whole));

    /// <summary>Axes other than that of outputs, as they follow one another.</summary>
    public IEnumerable<int> Others
    {
        get
        {
            var output = Output;
            return Enumerable.Range(0, Extents.Count).Where(axis => axis != output);
        }
    }
}
