namespace Lathe.Runtime;

/// <summary>Where an input or output of a run is: pinned memory of the caller's, dense.</summary>
/// <param name="Data">The first element; null where there is none.</param>
/// <param name="Bytes">How many it has.</param>
public readonly unsafe record struct TensorMemory(nint Data, ulong Bytes)
{
    /// <summary>Pinned elements: <c>fixed (float* p = pixels) new TensorMemory(p, (ulong)pixels.Length * sizeof(float))</c>.</summary>
    public TensorMemory(void* data, ulong bytes) : this((nint)data, bytes)
    {
    }
}
