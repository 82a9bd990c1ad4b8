using System.Runtime.InteropServices;

namespace ILGPU.Running;

/// <summary>
/// Memory freed in one go. Every byte starts as 0xFF (NaN in each float, -1 in each integer), so that a kernel which reads before it writes shows.
/// </summary>
internal sealed unsafe class Scratch : IDisposable
{
    private readonly List<nint> blocks = [];

    public ArrayView<T> Allocate<T>(int extent) where T : unmanaged
    {
        var bytes = (nuint)Math.Max(extent * sizeof(T), 1);
        var block = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Fill(block, bytes, 0xFF);
        blocks.Add((nint)block);
        return new ArrayView<T>(block, extent);
    }

    public void Dispose()
    {
        foreach (var block in blocks)
            NativeMemory.AlignedFree((void*)block);
        blocks.Clear();
    }
}
