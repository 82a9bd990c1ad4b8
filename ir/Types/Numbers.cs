using System.Buffers.Binary;

namespace Lathe.Ir;

/// <summary>Numbers of every kind to and from bytes, as ONNX stores them: little-endian, kinds below a byte packed from the low bits.</summary>
public static class Numbers
{
    /// <summary>The number at a position; whole numbers exactly up to 2^53.</summary>
    public static double Read(Scalar kind, ReadOnlySpan<byte> bytes, long index) => kind switch
    {
        Scalar.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes[(int)(index * 4)..]),
        Scalar.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes[(int)(index * 8)..]),
        Scalar.U64 => (ulong)ReadWhole(kind, bytes, index),
        _ when kind.IsReal => SmallFloats.Decode(kind, (int)ReadBits(kind, bytes, index)),
        _ => ReadWhole(kind, bytes, index),
    };

    /// <summary>The whole number at a position; u64 as the same 64 bits.</summary>
    public static long ReadWhole(Scalar kind, ReadOnlySpan<byte> bytes, long index) => Number.Wrap(kind, ReadBits(kind, bytes, index));

    /// <summary>Stores a number: rounded to nearest even where the kind is real, truncated and wrapped where it is whole.</summary>
    public static void Write(Scalar kind, Span<byte> bytes, long index, double value)
    {
        if (kind == Scalar.F32) BinaryPrimitives.WriteSingleLittleEndian(bytes[(int)(index * 4)..], (float)value);
        else if (kind == Scalar.F64) BinaryPrimitives.WriteDoubleLittleEndian(bytes[(int)(index * 8)..], value);
        else if (kind.IsReal) WriteBits(kind, bytes, index, SmallFloats.Encode(kind, value));
        else WriteBits(kind, bytes, index, kind == Scalar.Bool ? value != 0 ? 1 : 0 : kind == Scalar.U64 && value >= 9.3e18 ? (long)(ulong)value : (long)value);
    }

    public static void WriteWhole(Scalar kind, Span<byte> bytes, long index, long value) => WriteBits(kind, bytes, index, kind == Scalar.Bool ? value != 0 ? 1 : 0 : value);

    /// <summary>f32 numbers in another kind.</summary>
    public static Bytes Pack(Scalar kind, ReadOnlySpan<float> numbers)
    {
        if (kind == Scalar.F32) return Bytes.Of(numbers);
        var bytes = new byte[kind.Bytes(numbers.Length)];
        for (var i = 0; i < numbers.Length; i++) Write(kind, bytes, i, numbers[i]);
        return Bytes.Of(bytes);
    }

    /// <summary>Numbers of any kind as f64.</summary>
    public static double[] Unpack(Scalar kind, Bytes bytes, long count)
    {
        var all = new double[count];
        var span = bytes.Span(0, checked((int)kind.Bytes(count)));
        for (var i = 0; i < count; i++) all[i] = Read(kind, span, i);
        GC.KeepAlive(bytes);
        return all;
    }

    private static long ReadBits(Scalar kind, ReadOnlySpan<byte> bytes, long index) => kind.Bits switch
    {
        1 => bytes[(int)(index / 8)] >> (int)(index % 8) & 1,
        2 => bytes[(int)(index / 4)] >> (int)(index % 4 * 2) & 3,
        4 => bytes[(int)(index / 2)] >> (int)(index % 2 * 4) & 15,
        8 => bytes[(int)index],
        16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(int)(index * 2)..]),
        32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)(index * 4)..]),
        64 => BinaryPrimitives.ReadInt64LittleEndian(bytes[(int)(index * 8)..]),
        _ => throw new ArgumentException($"numbers of kind {kind.Text} have no bits of their own"),
    };

    private static void WriteBits(Scalar kind, Span<byte> bytes, long index, long value)
    {
        switch (kind.Bits)
        {
            case 1: Merge(ref bytes[(int)(index / 8)], (int)(index % 8), 1, value); break;
            case 2: Merge(ref bytes[(int)(index / 4)], (int)(index % 4 * 2), 3, value); break;
            case 4: Merge(ref bytes[(int)(index / 2)], (int)(index % 2 * 4), 15, value); break;
            case 8: bytes[(int)index] = (byte)value; break;
            case 16: BinaryPrimitives.WriteUInt16LittleEndian(bytes[(int)(index * 2)..], (ushort)value); break;
            case 32: BinaryPrimitives.WriteUInt32LittleEndian(bytes[(int)(index * 4)..], (uint)value); break;
            case 64: BinaryPrimitives.WriteInt64LittleEndian(bytes[(int)(index * 8)..], value); break;
            default: throw new ArgumentException($"numbers of kind {kind.Text} have no bits of their own");
        }
        static void Merge(ref byte at, int shift, int mask, long value) => at = (byte)(at & ~(mask << shift) | ((int)value & mask) << shift);
    }
}
