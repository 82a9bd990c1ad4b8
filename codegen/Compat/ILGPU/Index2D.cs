namespace ILGPU;

/// <summary>A position or an extent along two axes.</summary>
public readonly record struct Index2D(int X, int Y)
{
    public int Size => X * Y;

    public static implicit operator Index2D((int X, int Y) index) => new(index.X, index.Y);
}
