using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>Reads and stores of one number, each inside its buffer or an exception: a schedule that leaves a buffer is found, not run.</summary>
internal static unsafe class Cells
{
    /// <summary>A read or store outside a buffer: a bug of an operator, a schedule or a plan.</summary>
    /// <param name="buffer">Its number among the kernel's buffers.</param>
    /// <param name="axis">The axis whose index is outside; -1 for the flat index.</param>
    internal sealed class OutsideException(int buffer, int axis, long index, long extent) : Exception
    {
        public int Buffer => buffer;
        public int Axis => axis;
        public long Index => index;
        public long Extent => extent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(nint start, long count, long index, int buffer) where T : unmanaged
    {
        if ((ulong)index >= (ulong)count) throw Outside(buffer, -1, index, count);
        return ((T*)start)[index];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(nint start, long count, long index, int buffer, T value) where T : unmanaged
    {
        if ((ulong)index >= (ulong)count) throw Outside(buffer, -1, index, count);
        ((T*)start)[index] = value;
    }

    /// <summary>A number of less than a byte, packed from the low bits as ONNX does.</summary>
    public static T LoadPacked<T>(nint start, long count, long index, int buffer, int bits, bool signed) where T : unmanaged
    {
        if ((ulong)index >= (ulong)count) throw Outside(buffer, -1, index, count);
        var each = 8 / bits;
        var code = ((byte*)start)[index / each] >> (int)(index % each * bits) & (1 << bits) - 1;
        var value = (byte)(signed ? code << (32 - bits) >> (32 - bits) : code);
        return Unsafe.As<byte, T>(ref value);
    }

    public static void StorePacked<T>(nint start, long count, long index, int buffer, int bits, T value) where T : unmanaged
    {
        if ((ulong)index >= (ulong)count) throw Outside(buffer, -1, index, count);
        var (each, mask) = (8 / bits, (1 << bits) - 1);
        var at = (byte*)start + index / each;
        var shift = (int)(index % each * bits);
        *at = (byte)(*at & ~(mask << shift) | (Unsafe.As<T, byte>(ref value) & mask) << shift);
    }

    /// <summary>One index of several must be inside its own axis.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(long index, long extent, int buffer, int axis)
    {
        if ((ulong)index >= (ulong)extent) throw Outside(buffer, axis, index, extent);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInside(long index, long extent) => (ulong)index < (ulong)extent;

    /// <summary>Fills memory with what nobody stored: NaNs where it holds reals, an unlikely pattern elsewhere.</summary>
    public static void Spoil(nint start, long count, int kind)
    {
        var bytes = ((Scalar)kind).Bytes(count);
        for (var at = 0L; at < bytes; at += 1 << 30) new Span<byte>((byte*)start + at, (int)Math.Min(1 << 30, bytes - at)).Fill(((Scalar)kind).IsReal ? (byte)0xFF : (byte)0xCC);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OutsideException Outside(int buffer, int axis, long index, long extent) => new(buffer, axis, index, extent);
}
