using System.Buffers.Binary;
using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>The functions of a relocatable object, those that only it sees among them.</summary>
/// <param name="Code">The code of each, by its symbol.</param>
/// <param name="Undefined">What it asks of others.</param>
internal sealed record ObjectFunctions(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Code, IReadOnlySet<string> Undefined);

/// <summary>Reads the functions of a relocatable ELF64 object.</summary>
internal static class ElfFunctions
{
    private const int SectionBytes = 64, SymbolBytes = 24;

    public static ObjectFunctions Of(byte[] obj)
    {
        const uint symtab = 2;
        const byte function = 2;
        var (all, undefined) = (new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var (start, count) = ((int)I64(40), U16(60));
        int Section(int i) => start + i * SectionBytes;
        for (var i = 0; i < count; i++)
        {
            if (U32(Section(i) + 4) != symtab) continue;
            var (table, end, names) = ((int)I64(Section(i) + 24), (int)(I64(Section(i) + 24) + I64(Section(i) + 32)), (int)I64(Section((int)U32(Section(i) + 40)) + 24));
            for (var symbol = table; symbol < end; symbol += SymbolBytes)
            {
                var (name, section) = (names + (int)U32(symbol), U16(symbol + 6));
                var text = Encoding.UTF8.GetString(obj, name, Array.IndexOf(obj, (byte)0, name) - name);
                if (section == 0 && text.Length > 0) undefined.Add(text);
                if ((obj[symbol + 4] & 0xF) == function && section > 0 && section < count) all[text] = obj.AsMemory((int)(I64(Section(section) + 24) + I64(symbol + 8)), (int)I64(symbol + 16));
            }
        }
        return new(all, undefined);

        ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(obj.AsSpan(at));
        uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(obj.AsSpan(at));
        long I64(int at) => BinaryPrimitives.ReadInt64LittleEndian(obj.AsSpan(at));
    }
}
