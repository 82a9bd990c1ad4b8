using System.Buffers.Binary;

namespace Lathe.Codegen.Llvm;

/// <summary>What of a relocatable ELF64 object a program loads.</summary>
public static class ElfSections
{
    private const int SectionBytes = 64;
    private const ulong Written = 1, Allocated = 2, Executed = 4;

    public static LoadedParts Loaded(byte[] obj)
    {
        var (start, count) = (checked((int)BinaryPrimitives.ReadInt64LittleEndian(obj.AsSpan(40))), BinaryPrimitives.ReadUInt16LittleEndian(obj.AsSpan(60)));
        var parts = default(LoadedParts);
        for (var i = 0; i < count; i++)
        {
            var section = obj.AsSpan(start + i * SectionBytes, SectionBytes);
            var flags = BinaryPrimitives.ReadUInt64LittleEndian(section[8..]);
            if ((flags & Allocated) != 0) parts = parts.With((flags & Executed) != 0, (flags & Written) != 0, BinaryPrimitives.ReadInt64LittleEndian(section[32..]));
        }
        return parts;
    }
}
