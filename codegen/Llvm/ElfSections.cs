using System.Buffers.Binary;

namespace Lathe.Codegen.Llvm;

/// <summary>What of a relocatable ELF64 object a program loads.</summary>
public static class ElfSections
{
    private const int SectionBytes = 64;
    private const uint NoBits = 8;
    private const ulong Allocated = 2;

    /// <summary>Bytes of its code and constants: neither symbols nor what is for debuggers.</summary>
    public static long LoadedBytes(byte[] obj)
    {
        var (start, count) = (checked((int)BinaryPrimitives.ReadInt64LittleEndian(obj.AsSpan(40))), BinaryPrimitives.ReadUInt16LittleEndian(obj.AsSpan(60)));
        var bytes = 0L;
        for (var i = 0; i < count; i++)
        {
            var section = obj.AsSpan(start + i * SectionBytes, SectionBytes);
            if ((BinaryPrimitives.ReadUInt64LittleEndian(section[8..]) & Allocated) != 0 && BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != NoBits) bytes += BinaryPrimitives.ReadInt64LittleEndian(section[32..]);
        }
        return bytes;
    }
}
