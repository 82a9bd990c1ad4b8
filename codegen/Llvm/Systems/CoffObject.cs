using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Relocatable objects of Windows: one that holds the weights is written, symbols and sizes of others are read.</summary>
/// <remarks>PE Format (Microsoft), "COFF File Header", "Section Table", "COFF Symbol Table". Symbols stand before the data here, so that no 32-bit offset goes over it.</remarks>
internal static class CoffObject
{
    private const int HeaderBytes = 20, SectionBytes = 40, SymbolBytes = 18;
    private const byte External = 2;

    /// <summary>Bytes that an image may have.</summary>
    private const long MostBytes = int.MaxValue;

    private static readonly IReadOnlyList<(CpuArchitecture Architecture, ushort Machine)> machines = [(CpuArchitecture.X86, 0x8664), (CpuArchitecture.Aarch64, 0xAA64)];

    public static ushort MachineOf(CpuArchitecture architecture) => machines.First(m => m.Architecture == architecture).Machine;

    /// <exception cref="DiagnosticException">LT4004: no image holds so much.</exception>
    public static void Write(Stream output, CpuArchitecture architecture, long length, string symbol, Action<Stream> data)
    {
        const uint initialized = 0x40, aligned64 = 0x00700000, readable = 0x40000000;
        if (length > MostBytes) throw new DiagnosticException(new Diagnostic("LT4004", $"the weights have {length} bytes, an image of Windows holds {MostBytes}", symbol, "store them narrower, or split the model"));
        var name = System.Text.Encoding.UTF8.GetBytes(symbol + "\0");
        var dataAt = HeaderBytes + SectionBytes + SymbolBytes + 4 + name.Length;
        using var head = new MemoryStream();
        using var writer = new BinaryWriter(head);
        writer.Write(MachineOf(architecture));
        writer.Write((ushort)1); // sections
        writer.Write(0u); // no time
        writer.Write(HeaderBytes + SectionBytes);
        writer.Write(1u); // symbols
        writer.Write(0u); // no optional header, no characteristics
        writer.Write(".rdata\0\0"u8);
        writer.Write(0L); // no address in memory yet
        writer.Write((uint)length);
        writer.Write(dataAt);
        writer.Write(0L); // no relocations, no lines
        writer.Write(0u);
        writer.Write(initialized | aligned64 | readable);
        writer.Write(0u); // the name stands behind the table,
        writer.Write(4u); // first of all
        writer.Write(0u); // at the data's start
        writer.Write((short)1);
        writer.Write((ushort)0);
        writer.Write(External);
        writer.Write((byte)0);
        writer.Write(4 + name.Length);
        writer.Write(name);
        output.Write(head.ToArray());
        var counted = new CountingStream(output, $"coff: the data is announced as {length} bytes", length);
        data(counted);
        counted.RequireAll();
    }

    /// <exception cref="InvalidDataException">The file is no such object.</exception>
    public static ObjectSymbols Symbols(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        var file = reader.BaseStream;
        InvalidDataException Fault(string what) => new($"coff: {Path.GetFileName(path)} {what}");
        if (file.Length < HeaderBytes) throw Fault($"has {file.Length} bytes and no header");
        var machine = reader.ReadUInt16();
        var architecture = machines.FirstOrDefault(m => m.Machine == machine).Architecture ?? throw Fault($"is for machine 0x{machine:X}, objects are made for {string.Join(", ", machines.Select(m => m.Architecture.Name))}");
        file.Position = 8;
        var (at, count) = (reader.ReadUInt32(), reader.ReadUInt32());
        if (at + (long)count * SymbolBytes + 4 > file.Length) throw Fault($"has {file.Length} bytes, {count} symbols are to be at {at}");
        file.Position = at;
        var table = reader.ReadBytes(checked((int)count * SymbolBytes));
        var strings = new byte[reader.ReadInt32()];
        if (strings.Length < 4 || strings.Length - 4 > file.Length - file.Position) throw Fault("ends inside its strings");
        file.ReadExactly(strings.AsSpan(4));
        List<string> defined = [], undefined = [];
        for (var i = 0; i < count; i++)
        {
            var entry = table.AsSpan(i * SymbolBytes, SymbolBytes);
            var (value, section) = (BitConverter.ToUInt32(entry[8..]), BitConverter.ToInt16(entry[12..]));
            if (entry[16] == External && (section != 0 || value == 0))
                (section == 0 ? undefined : defined).Add(BitConverter.ToUInt32(entry) == 0 ? Text(strings.AsSpan(BitConverter.ToInt32(entry[4..]))) : Text(entry[..8]));
            i += entry[17]; // what follows belongs to it
        }
        return new(architecture, defined, undefined);
    }

    public static LoadedParts Loaded(byte[] obj)
    {
        const uint info = 0x200, removed = 0x800, discardable = 0x02000000, executed = 0x20000000, written = 0x80000000;
        var parts = default(LoadedParts);
        for (var at = HeaderBytes; at < HeaderBytes + SectionBytes * BitConverter.ToUInt16(obj, 2); at += SectionBytes)
            if (BitConverter.ToUInt32(obj, at + 36) is var flags && (flags & (info | removed | discardable)) == 0) parts = parts.With((flags & executed) != 0, (flags & written) != 0, BitConverter.ToUInt32(obj, at + 16));
        return parts;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.IndexOf((byte)0) is var end and >= 0 ? bytes[..end] : bytes);
}
