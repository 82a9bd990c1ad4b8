using System.Buffers.Binary;
using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>Reads what a relocatable ELF64 object offers to others and asks of them.</summary>
public static class ElfSymbols
{
    private const int HeaderBytes = 64, SectionBytes = 64, SymbolBytes = 24;

    private static IEnumerable<CpuArchitecture> Known => CpuArchitecture.All.Where(architecture => architecture.ElfMachine != 0);

    /// <summary>Reads the symbol table only; the data, however long, is passed over.</summary>
    /// <exception cref="InvalidDataException">The file is not such an object.</exception>
    public static ObjectSymbols Read(string path)
    {
        using var file = File.OpenRead(path);
        var name = Path.GetFileName(path);
        var header = Bytes(file, 0, HeaderBytes, name);
        if (!header.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]) || U16(header, 16) != 1)
            throw new InvalidDataException($"elf: {name} is not a relocatable little-endian ELF64 object");
        var architecture = Known.FirstOrDefault(known => known.ElfMachine == U16(header, 18))
            ?? throw new InvalidDataException($"elf: {name} is for machine {U16(header, 18)}, objects are made for {string.Join(", ", Known.Select(known => $"{known.Name} ({known.ElfMachine})"))}");
        var sections = Bytes(file, I64(header, 40), U16(header, 60) * SectionBytes, name);
        List<string> defined = [], undefined = [];
        for (var at = 0; at < sections.Length; at += SectionBytes)
        {
            const uint symtab = 2;
            if (U32(sections, at + 4) != symtab) continue;
            var table = Bytes(file, I64(sections, at + 24), I64(sections, at + 32), name);
            var strings = (int)U32(sections, at + 40) * SectionBytes;
            var names = Bytes(file, I64(sections, strings + 24), I64(sections, strings + 32), name);
            // sh_info: the first symbol that others can see.
            for (var symbol = (int)U32(sections, at + 44) * SymbolBytes; symbol < table.Length; symbol += SymbolBytes)
            {
                var start = (int)U32(table, symbol);
                (U16(table, symbol + 6) == 0 ? undefined : defined).Add(Encoding.UTF8.GetString(names, start, names.AsSpan(start).IndexOf((byte)0)));
            }
        }
        return new(architecture, defined, undefined);
    }

    private static byte[] Bytes(FileStream file, long offset, long count, string name)
    {
        if (offset < 0 || count < 0 || offset > file.Length - count) throw new InvalidDataException($"elf: {name} has {file.Length} bytes, {count} are wanted at {offset}");
        var bytes = new byte[count];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
    private static long I64(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
}
