using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>Relocatable objects of macOS: one that holds the weights is written, symbols and sizes of others are read. A name of C has an underscore before it.</summary>
/// <remarks>mach-o/loader.h and mach-o/nlist.h of Apple's XNU. Symbols stand before the data here, so that no 32-bit offset goes over it.</remarks>
internal static class MachObject
{
    private const uint Magic = 0xFEEDFACF, Segment = 0x19, SymbolTable = 2, BuildVersion = 0x32;
    private const int HeaderBytes = 32, SegmentBytes = 72, SectionBytes = 80, SymbolTableBytes = 24, BuildVersionBytes = 24, SymbolBytes = 16, AlignmentLog2 = 6;
    private const byte External = 1, PrivateExternal = 0x10, TypeMask = 0x0E, InSection = 0x0E, Debugging = 0xE0;

    /// <summary>macOS 11, the first for both processors, as these files write versions.</summary>
    private const uint OldestSystem = 11 << 16;

    private static readonly IReadOnlyList<(CpuArchitecture Architecture, uint Type, uint Subtype)> machines = [(CpuArchitecture.X86, 0x01000007, 3), (CpuArchitecture.Aarch64, 0x0100000C, 0)];

    public static void Write(Stream output, CpuArchitecture architecture, long length, string symbol, Action<Stream> data)
    {
        var machine = machines.First(m => m.Architecture == architecture);
        var names = Encoding.UTF8.GetBytes($"\0_{symbol}\0");
        var commands = SegmentBytes + SectionBytes + BuildVersionBytes + SymbolTableBytes;
        var symbolsAt = HeaderBytes + commands;
        var dataAt = (symbolsAt + SymbolBytes + names.Length + (1 << AlignmentLog2) - 1) >> AlignmentLog2 << AlignmentLog2;
        using var head = new MemoryStream();
        using var writer = new BinaryWriter(head);
        void Words(params ReadOnlySpan<uint> words) { foreach (var word in words) writer.Write(word); }
        void Name(string name) => writer.Write(Encoding.ASCII.GetBytes(name.PadRight(16, '\0')));
        Words(Magic, machine.Type, machine.Subtype, 1 /* an object */, 3 /* commands */, (uint)commands, 0x2000 /* parts by symbol */, 0);
        Words(Segment, SegmentBytes + SectionBytes);
        Name(""); // an object has one segment without a name
        foreach (var word in new[] { 0, length, dataAt, length }) writer.Write(word); // address, bytes in memory, place and bytes in the file
        Words(7, 7, 1, 0); // may be all, is all; sections, flags
        Name("__const");
        Name("__TEXT");
        writer.Write(0L);
        writer.Write(length);
        Words((uint)dataAt, AlignmentLog2, 0, 0, 0, 0, 0, 0);
        Words(BuildVersion, BuildVersionBytes, 1 /* macOS */, OldestSystem, OldestSystem, 0);
        Words(SymbolTable, SymbolTableBytes, (uint)symbolsAt, 1, (uint)(symbolsAt + SymbolBytes), (uint)names.Length);
        writer.Write(1u); // behind the empty name
        writer.Write((byte)(InSection | External | PrivateExternal));
        writer.Write((byte)1);
        writer.Write((ushort)0);
        writer.Write(0L);
        writer.Write(names);
        writer.Write(new byte[dataAt - head.Length]);
        output.Write(head.ToArray());
        var counted = new CountingStream(output, $"mach-o: the data is announced as {length} bytes", length);
        data(counted);
        counted.RequireAll();
    }

    /// <exception cref="InvalidDataException">The file is no such object.</exception>
    public static ObjectSymbols Symbols(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        var file = reader.BaseStream;
        InvalidDataException Fault(string what) => new($"mach-o: {Path.GetFileName(path)} {what}");
        if (file.Length < HeaderBytes || reader.ReadUInt32() != Magic) throw Fault("is no 64-bit object of macOS");
        var type = reader.ReadUInt32();
        var architecture = machines.FirstOrDefault(m => m.Type == type).Architecture ?? throw Fault($"is for processor 0x{type:X}, objects are made for {string.Join(", ", machines.Select(m => m.Architecture.Name))}");
        List<string> defined = [], undefined = [];
        foreach (var at in Commands(reader).Where(c => c.Kind == SymbolTable).Select(c => c.At).ToList())
        {
            file.Position = at + 8;
            var (symbolsAt, count, stringsAt, size) = (reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32());
            if (symbolsAt + (long)count * SymbolBytes > file.Length || stringsAt + (long)size > file.Length) throw Fault("ends inside its symbols");
            file.Position = symbolsAt;
            var table = reader.ReadBytes(checked((int)count * SymbolBytes));
            file.Position = stringsAt;
            var strings = reader.ReadBytes(checked((int)size));
            for (var i = 0; i < table.Length; i += SymbolBytes)
            {
                if ((table[i + 4] & Debugging) != 0 || (table[i + 4] & External) == 0) continue;
                var name = strings.AsSpan(BitConverter.ToInt32(table, i));
                var text = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
                ((table[i + 4] & TypeMask) == 0 ? undefined : defined).Add(text.StartsWith('_') ? text[1..] : text);
            }
        }
        return new(architecture, defined, undefined);
    }

    public static LoadedParts Loaded(byte[] obj)
    {
        using var reader = new BinaryReader(new MemoryStream(obj));
        var parts = default(LoadedParts);
        foreach (var at in Commands(reader).Where(c => c.Kind == Segment).Select(c => (int)c.At).ToList())
            for (var (section, left) = (at + SegmentBytes, BitConverter.ToInt32(obj, at + 64)); left > 0; section += SectionBytes, left--)
            {
                const uint debugging = 0x02000000, instructions = 0x80000400;
                var (flags, isData) = (BitConverter.ToUInt32(obj, section + 64), obj.AsSpan(section + 16, 7).SequenceEqual("__DATA\0"u8));
                if ((flags & debugging) == 0) parts = parts.With((flags & instructions) != 0, isData, BitConverter.ToInt64(obj, section + 40));
            }
        return parts;
    }

    private static IEnumerable<(uint Kind, long At)> Commands(BinaryReader reader)
    {
        reader.BaseStream.Position = 16;
        var count = reader.ReadUInt32();
        var at = (long)HeaderBytes;
        for (; count > 0; count--)
        {
            reader.BaseStream.Position = at;
            var (kind, size) = (reader.ReadUInt32(), reader.ReadUInt32());
            yield return (kind, at);
            at += size;
        }
    }
}
