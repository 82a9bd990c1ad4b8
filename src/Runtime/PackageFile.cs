using System.IO.Compression;
using Lathe.Runtime.Hosting;

namespace Lathe.Runtime;

/// <summary>The zip file of a package, which may come from anywhere: only what its program names is unpacked, under plain names, and never more than its directory declares.</summary>
internal sealed class PackageFile : IDisposable
{
    /// <summary>Most bytes of the program, and of all parts together, as the zip file declares them.</summary>
    private const long MostOfProgram = 256L << 20, MostOfParts = 64L << 30;

    /// <summary>Names that a shared library has on one system or another.</summary>
    private static readonly (string Before, string Behind)[] Libraries = [("lib", ".so"), ("lib", ".dylib"), ("", ".dll"), ("", ".wasm")];

    private readonly ZipArchive file;
    private readonly Dictionary<string, ZipArchiveEntry> parts = new(StringComparer.Ordinal);

    /// <exception cref="ArtifactException">It holds no program, or names that are none of a part.</exception>
    public PackageFile(string path)
    {
        file = ZipFile.OpenRead(path);
        try
        {
            if (file.Entries.Where(e => e.FullName == Package.ProgramEntry).ToList() is not [var program]) throw new InvalidDataException($"it holds no {Package.ProgramEntry}, or several: not written by lathe compile");
            Program = Read(program);
            // A folder has an entry of its own where somebody packed the file again.
            foreach (var entry in file.Entries.Where(e => e.FullName.StartsWith(Package.PartsFolder, StringComparison.Ordinal) && !e.FullName.EndsWith('/')))
            {
                var name = entry.FullName[Package.PartsFolder.Length..];
                if (!IsPlain(name)) throw new InvalidDataException($"\"{entry.FullName}\" is no name of a part");
                if (!parts.TryAdd(name, entry)) throw new InvalidDataException($"it holds two of {entry.FullName}");
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public HostProgram Program { get; }

    /// <summary>Unpacks the libraries that the program calls, and their weights.</summary>
    /// <returns>The path of each library by the name of its part.</returns>
    /// <exception cref="InvalidDataException">One is missing, is there for several systems, or all are too large.</exception>
    public IReadOnlyDictionary<string, string> Unpack(string folder)
    {
        var libraries = Called(Program).Distinct(StringComparer.Ordinal).ToDictionary(part => part, Library, StringComparer.Ordinal);
        var wanted = libraries.Values.Concat(libraries.Keys.Select(part => part + Package.WeightsEnding).Where(parts.ContainsKey)).Select(name => parts[name]).ToList();
        var left = MostOfParts;
        foreach (var entry in wanted) if ((left -= entry.Length) < 0) throw new InvalidDataException($"its parts take more than {MostOfParts >> 30} GiB");
        foreach (var entry in wanted)
        {
            using var into = new FileStream(Path.Combine(folder, entry.FullName[Package.PartsFolder.Length..]), FileMode.CreateNew);
            Copy(entry, into);
        }
        return libraries.ToDictionary(p => p.Key, p => Path.Combine(folder, p.Value), StringComparer.Ordinal);
    }

    public void Dispose() => file.Dispose();

    /// <summary>Parts that a program and those inside it call.</summary>
    private static IEnumerable<string> Called(HostProgram program) => program.Steps.SelectMany(step => (step.Node is null ? [step.Part] : Enumerable.Empty<string>()).Concat(step.Regions.Values.SelectMany(Called)));

    private string Library(string part)
    {
        if (!IsPlain(part)) throw new InvalidDataException($"\"{part}\" is no name of a part");
        return Libraries.Select(l => l.Before + part + l.Behind).Where(parts.ContainsKey).ToList() switch
        {
            [var only] => only,
            [] => throw new InvalidDataException($"it holds no part {part}"),
            var several => throw new InvalidDataException($"it holds {string.Join(" and ", several)} for one part"),
        };
    }

    /// <summary>Whether a name stays in its folder on every system.</summary>
    private static bool IsPlain(string name) => name is not ("" or "." or "..") && name.IndexOfAny(['/', '\\', ':', '\0']) < 0;

    private static HostProgram Read(ZipArchiveEntry entry)
    {
        if (entry.Length > MostOfProgram) throw new InvalidDataException($"its {Package.ProgramEntry} takes more than {MostOfProgram >> 20} MiB");
        using var text = new MemoryStream();
        Copy(entry, text);
        text.Position = 0;
        using var reader = new StreamReader(text);
        return HostProgramText.Parse(reader.ReadToEnd());
    }

    /// <summary>As many bytes as are declared, whatever the packed ones grow to.</summary>
    private static void Copy(ZipArchiveEntry entry, Stream into)
    {
        using var from = entry.Open();
        var (buffer, left) = (new byte[1 << 16], entry.Length);
        while (from.Read(buffer) is var count and > 0)
        {
            if ((left -= count) < 0) break;
            into.Write(buffer, 0, count);
        }
        if (left != 0) throw new InvalidDataException($"{entry.FullName} does not hold the {entry.Length} bytes that it declares");
    }
}
