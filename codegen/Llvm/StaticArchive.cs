using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>Writes objects into one static library: the common archive of Unix in GNU's form, with the index of symbols linkers ask for.</summary>
/// <remarks>Dates, owners and modes are zero and 644, as <c>ar D</c> writes them: the same objects give the same bytes.</remarks>
public static class StaticArchive
{
    private const int MemberHeaderBytes = 60;
    private static readonly byte[] magic = "!<arch>\n"u8.ToArray();

    /// <summary>Writes the archive; members keep the order and the file names of the objects.</summary>
    /// <param name="system">Whose objects they are; by default Linux's.</param>
    /// <exception cref="InvalidDataException">A file is not an object, or two define one symbol.</exception>
    public static void Write(IReadOnlyList<string> objectPaths, string outputPath, TargetSystem? system = null)
    {
        var members = objectPaths.Select(path => (Path: path, Name: Path.GetFileName(path) + "/", new FileInfo(path).Length, Symbols: (system ?? TargetSystem.Default).Symbols(path).Defined)).ToList();
        var clash = members.SelectMany(member => member.Symbols.Select(symbol => (symbol, member.Name))).GroupBy(entry => entry.symbol, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (clash is not null) throw new InvalidDataException($"archive: {string.Join(" and ", clash.Select(entry => entry.Name.TrimEnd('/')))} both define {clash.Key}");

        // A name of more than 15 characters stands in a member of its own and is called by its offset there.
        var longNames = new StringBuilder();
        var names = members.ConvertAll(member =>
        {
            if (member.Name.Length <= 16) return member.Name;
            var reference = string.Create(CultureInfo.InvariantCulture, $"/{longNames.Length}");
            longNames.Append(member.Name).Append('\n');
            return reference;
        });

        var symbolNames = Encoding.UTF8.GetBytes(string.Concat(members.SelectMany(member => member.Symbols).Select(symbol => symbol + "\0")));
        var symbolCount = members.Sum(member => member.Symbols.Count);
        // Offsets are 32 bits wide where the archive allows.
        var width = MembersAt(4) + members.Sum(member => MemberHeaderBytes + Even(member.Length)) <= uint.MaxValue ? 4 : 8;
        long MembersAt(int width) => magic.Length + MemberHeaderBytes + Even((1L + symbolCount) * width + symbolNames.Length)
            + (longNames.Length == 0 ? 0 : MemberHeaderBytes + Even(longNames.Length));

        using var file = new OutputFile(outputPath);
        var output = file.Stream;
        output.Write(magic);

        var index = new byte[(1 + symbolCount) * width + symbolNames.Length];
        var (entry, memberAt) = (0, MembersAt(width));
        void Number(long value)
        {
            if (width == 4) BinaryPrimitives.WriteUInt32BigEndian(index.AsSpan(entry++ * 4), (uint)value);
            else BinaryPrimitives.WriteInt64BigEndian(index.AsSpan(entry++ * 8), value);
        }
        Number(symbolCount);
        foreach (var member in members)
        {
            foreach (var _ in member.Symbols) Number(memberAt);
            memberAt += MemberHeaderBytes + Even(member.Length);
        }
        symbolNames.CopyTo(index, (1 + symbolCount) * width);
        Member(output, width == 4 ? "/" : "/SYM64/", index.Length, stream => stream.Write(index));

        if (longNames.Length > 0) Member(output, "//", longNames.Length, stream => stream.Write(Encoding.UTF8.GetBytes(longNames.ToString())));

        foreach (var (member, name) in members.Zip(names))
            Member(output, name, member.Length, stream =>
            {
                using var source = File.OpenRead(member.Path);
                source.CopyTo(stream);
            });
        file.Commit();
    }

    private static void Member(Stream output, string name, long length, Action<Stream> write)
    {
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name,-16}{0,-12}{0,-6}{0,-6}{644,-8}{length,-10}`\n")));
        var counted = new CountingStream(output, $"archive: {name} is announced as {length} bytes", length);
        write(counted);
        counted.RequireAll();
        if (length % 2 == 1) output.WriteByte((byte)'\n');
    }

    private static long Even(long length) => length + length % 2;
}
