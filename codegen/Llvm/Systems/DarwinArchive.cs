using System.Globalization;
using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>Writes objects into one static library in the form that Apple's linker wants: names before the contents, an index <c>__.SYMDEF</c>, all at multiples of 8.</summary>
/// <remarks>ar(5) and ranlib.h of Apple's cctools. Dates and owners are zero: the same objects give the same bytes.</remarks>
internal static class DarwinArchive
{
    private const int HeaderBytes = 60;

    /// <exception cref="InvalidDataException">A file is no object.</exception>
    public static void Write(IReadOnlyList<string> objects, string path)
    {
        var members = objects.Select(file => (Path: file, Name: Name(Path.GetFileName(file)), Bytes: (new FileInfo(file).Length + 7) / 8 * 8, Symbols: MachObject.Symbols(file).Defined)).ToList();
        var strings = Encoding.UTF8.GetBytes(string.Concat(members.SelectMany(m => m.Symbols).Select(s => $"_{s}\0")));
        Array.Resize(ref strings, (strings.Length + 7) / 8 * 8);
        var count = members.Sum(m => m.Symbols.Count);
        var indexName = Name("__.SYMDEF");
        var indexBytes = 4 + 8 * count + 4 + strings.Length;
        using var output = File.Create(path);
        using var writer = new BinaryWriter(output);
        writer.Write("!<arch>\n"u8);
        Header(indexName, indexBytes);
        writer.Write(8 * count);
        var (at, place) = (8L + HeaderBytes + indexName.Length + indexBytes, 0);
        foreach (var member in members)
        {
            foreach (var symbol in member.Symbols)
            {
                writer.Write(place);
                writer.Write(checked((uint)at));
                place += Encoding.UTF8.GetByteCount(symbol) + 2;
            }
            at += HeaderBytes + member.Name.Length + member.Bytes;
        }
        writer.Write(strings.Length);
        writer.Write(strings);
        foreach (var member in members)
        {
            Header(member.Name, member.Bytes);
            writer.Flush();
            using var file = File.OpenRead(member.Path);
            file.CopyTo(output);
            writer.Write(new byte[member.Bytes - file.Length]);
        }

        void Header(byte[] name, long bytes)
        {
            writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{"#1/" + name.Length.ToString(CultureInfo.InvariantCulture),-16}{0,-12}{0,-6}{0,-6}{"100644",-8}{name.Length + bytes,-10}`\n")));
            writer.Write(name);
        }
    }

    /// <summary>A name that the contents begin after at a multiple of 8: the header has four bytes more than one.</summary>
    private static byte[] Name(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        Array.Resize(ref bytes, (bytes.Length + 1 + 4 + 7) / 8 * 8 - 4);
        return bytes;
    }
}
