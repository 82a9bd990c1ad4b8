using System.Runtime.CompilerServices;

namespace ILGPU;

/// <summary>Elements of device memory as a kernel sees them; every access is checked.</summary>
public readonly unsafe struct ArrayView<T> where T : unmanaged
{
    private readonly T* start;

    internal ArrayView(void* start, long length)
    {
        this.start = (T*)start;
        Length = length;
    }

    public long Length { get; }
    public int IntLength => checked((int)Length);
    public long LengthInBytes => Length * sizeof(T);
    public bool IsValid => start != null;

    public ref T this[int index] => ref this[(long)index];

    public ref T this[Index1D index] => ref this[(long)index.X];

    public ref T this[LongIndex1D index] => ref this[index.X];

    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)Length)
                throw new IndexOutOfRangeException($"the view has {Length} elements, the kernel asks for element {index}");
            return ref start[index];
        }
    }

    public ArrayView<T> SubView(long index, long length)
    {
        if (index < 0 || length < 0 || index > Length - length)
            throw new ArgumentOutOfRangeException(nameof(index), $"the view has {Length} elements, the part reaches from {index} to {index + length}");
        return new(start + index, length);
    }

    public ArrayView<TOther> Cast<TOther>() where TOther : unmanaged => new(start, LengthInBytes / sizeof(TOther));

    internal Span<T> AsSpan() => new(start, IntLength);
}
