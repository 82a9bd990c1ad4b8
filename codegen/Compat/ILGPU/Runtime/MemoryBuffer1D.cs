using System.Runtime.InteropServices;

namespace ILGPU.Runtime;

/// <summary>Elements of device memory that the host owns, 64-byte aligned; the content at first is undefined.</summary>
public sealed unsafe class MemoryBuffer1D<T, TStride> : IDisposable
    where T : unmanaged
    where TStride : struct
{
    private T* start;

    internal MemoryBuffer1D(long length)
    {
        Length = length;
        start = (T*)NativeMemory.AlignedAlloc((nuint)Math.Max(length * sizeof(T), 1), 64);
    }

    public long Length { get; }
    public long LengthInBytes => Length * sizeof(T);
    public ArrayView1D<T, TStride> View => new(new ArrayView<T>(start, Length));

    public void Dispose()
    {
        NativeMemory.AlignedFree(start);
        start = null;
    }
}
