using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>A relocatable ELF64 object that holds read-only data and nothing else: the weights, which so never pass through LLVM.</summary>
/// <remarks>
/// Laid out as header, data, symbol table, strings, section headers: every offset is known before the first byte, so that
/// data of any length streams through. Source: System V ABI, chapters 4 and 5 of the generic part.
/// </remarks>
public sealed class ElfObject
{
    /// <summary>Data starts here in the file and at a multiple of this in memory: a cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    /// <summary>From this length on, x86-64 data goes to the large section, which linkers place out of the way of 32-bit displacements.</summary>
    public const long LargeLength = 1L << 30;

    private const int HeaderBytes = 64, SymbolBytes = 24, SectionBytes = 64, Sections = 6;
    private readonly CpuArchitecture architecture;
    private readonly long length;
    private readonly byte[] symbols, names, sectionNames;
    private readonly long symbolsAt, namesAt, sectionNamesAt, sectionsAt;

    /// <param name="length">Bytes of data.</param>
    /// <exception cref="ArgumentException">A symbol lies outside the data, or two have one name.</exception>
    public ElfObject(CpuArchitecture architecture, long length, IReadOnlyList<ElfSymbol> symbols)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (this.architecture, this.length) = (architecture, length);
        foreach (var symbol in symbols)
            if (symbol.Offset < 0 || symbol.Size < 0 || symbol.Offset > length - symbol.Size)
                throw new ArgumentException($"elf: {symbol.Name} is {symbol.Size} bytes at {symbol.Offset}, the data has {length}");
        if (symbols.GroupBy(symbol => symbol.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"elf: {twice.Key} is defined {twice.Count()} times");
        (this.symbols, names) = SymbolTable(symbols);
        sectionNames = Encoding.ASCII.GetBytes($"\0{DataSection}\0.note.GNU-stack\0.symtab\0.strtab\0.shstrtab\0");
        symbolsAt = RoundUp(HeaderBytes + length, 8);
        namesAt = symbolsAt + this.symbols.Length;
        sectionNamesAt = namesAt + names.Length;
        sectionsAt = RoundUp(sectionNamesAt + sectionNames.Length, 8);
    }

    /// <summary>Bytes of the whole file.</summary>
    public long FileLength => sectionsAt + Sections * SectionBytes;

    /// <summary>Writes the object from where <paramref name="output"/> stands; it need not seek.</summary>
    /// <param name="data">Writes the data, exactly as many bytes as were announced.</param>
    /// <exception cref="InvalidOperationException">It wrote more or fewer.</exception>
    public void Write(Stream output, Action<Stream> data)
    {
        var counted = new CountingStream(output, $"elf: the data is announced as {length} bytes", length);
        output.Write(Header());
        data(counted);
        counted.RequireAll();
        Pad(output, symbolsAt - HeaderBytes - length);
        output.Write(symbols);
        output.Write(names);
        output.Write(sectionNames);
        Pad(output, sectionsAt - sectionNamesAt - sectionNames.Length);
        output.Write(SectionHeaders());
    }

    /// <summary>A small object in memory, as <see cref="Jit.Add"/> takes it.</summary>
    public static byte[] ToArray(CpuArchitecture architecture, byte[] data, IReadOnlyList<ElfSymbol> symbols)
    {
        var elf = new ElfObject(architecture, data.Length, symbols);
        using var output = new MemoryStream(checked((int)elf.FileLength));
        elf.Write(output, stream => stream.Write(data));
        return output.ToArray();
    }

    private bool Large => architecture == CpuArchitecture.X86 && length >= LargeLength;
    private string DataSection => Large ? ".lrodata" : ".rodata";

    private static (byte[] Symbols, byte[] Names) SymbolTable(IReadOnlyList<ElfSymbol> symbols)
    {
        const byte globalObject = 1 << 4 | 1, hidden = 2;
        using var table = new MemoryStream();
        using var writer = new BinaryWriter(table);
        using var names = new MemoryStream();
        writer.Write(new byte[SymbolBytes]);
        names.WriteByte(0);
        foreach (var symbol in symbols)
        {
            writer.Write((uint)names.Length);
            writer.Write(globalObject);
            writer.Write(symbol.Hidden ? hidden : (byte)0);
            writer.Write((ushort)1); // the data section
            writer.Write(symbol.Offset);
            writer.Write(symbol.Size);
            names.Write(Encoding.UTF8.GetBytes(symbol.Name));
            names.WriteByte(0);
        }
        return (table.ToArray(), names.ToArray());
    }

    private byte[] Header()
    {
        using var header = new MemoryStream(HeaderBytes);
        using var writer = new BinaryWriter(header);
        writer.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // 64 bits, little-endian, version 1
        writer.Write((ushort)1); // relocatable
        writer.Write(architecture.ElfMachine);
        writer.Write(1u); // version
        writer.Write(0L); // no entry
        writer.Write(0L); // no program headers
        writer.Write(sectionsAt);
        writer.Write(architecture.ElfFlags);
        writer.Write((ushort)HeaderBytes);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write((ushort)SectionBytes);
        writer.Write((ushort)Sections);
        writer.Write((ushort)(Sections - 1)); // the section with the sections' names
        return header.ToArray();
    }

    private byte[] SectionHeaders()
    {
        const uint progbits = 1, symtab = 2, strtab = 3;
        const ulong alloc = 2, x86Large = 0x10000000;
        using var headers = new MemoryStream(Sections * SectionBytes);
        using var writer = new BinaryWriter(headers);
        void Section(string name, uint type, ulong flags, long offset, long size, uint link, uint info, long alignment, long entry)
        {
            writer.Write((uint)(name.Length == 0 ? 0 : sectionNames.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name + "\0"))));
            writer.Write(type);
            writer.Write(flags);
            writer.Write(0L); // address
            writer.Write(offset);
            writer.Write(size);
            writer.Write(link);
            writer.Write(info);
            writer.Write(alignment);
            writer.Write(entry);
        }
        Section("", 0, 0, 0, 0, 0, 0, 0, 0);
        Section(DataSection, progbits, Large ? alloc | x86Large : alloc, HeaderBytes, length, 0, 0, Alignment, 0);
        // Says that nothing here wants an executable stack; without it linkers assume the worst.
        Section(".note.GNU-stack", progbits, 0, symbolsAt, 0, 0, 0, 1, 0);
        Section(".symtab", symtab, 0, symbolsAt, symbols.Length, 4, 1, 8, SymbolBytes);
        Section(".strtab", strtab, 0, namesAt, names.Length, 0, 0, 1, 0);
        Section(".shstrtab", strtab, 0, sectionNamesAt, sectionNames.Length, 0, 0, 1, 0);
        return headers.ToArray();
    }

    private static long RoundUp(long value, long multiple) => (value + multiple - 1) / multiple * multiple;

    private static void Pad(Stream output, long count) => output.Write(stackalloc byte[(int)count]);
}
