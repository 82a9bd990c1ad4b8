namespace ILGPU;

/// <summary>A position along one axis beyond the reach of 32 bits.</summary>
public readonly record struct LongIndex1D(long X)
{
    public static implicit operator LongIndex1D(long x) => new(x);
    public static implicit operator long(LongIndex1D index) => index.X;
}
