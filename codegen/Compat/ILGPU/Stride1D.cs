namespace ILGPU;

/// <summary>How far apart the elements of a one-dimensional view lie.</summary>
public static class Stride1D
{
    /// <summary>Side by side.</summary>
    public readonly struct Dense;
}
