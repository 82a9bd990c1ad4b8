namespace ILGPU;

/// <summary>A position or an extent along three axes, X fastest.</summary>
public readonly record struct Index3D(int X, int Y, int Z)
{
    public int Size => X * Y * Z;

    public static implicit operator Index3D((int X, int Y, int Z) index) => new(index.X, index.Y, index.Z);
}
