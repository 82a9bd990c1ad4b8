using System.IO.Compression;

namespace Lathe.Ir;

/// <summary>Named arrays in one file, as numpy.savez and savez_compressed write them: a zip archive of .npy files.</summary>
public static class Npz
{
    /// <summary>Most that deflate can shrink anything (RFC 1951: 258 bytes in 2 bits).</summary>
    private const long MostShrinking = 1032;

    /// <exception cref="DiagnosticException">LT5105 no .npz file; what <see cref="Npy"/> finds in an array.</exception>
    public static Seq<(string Name, Tensor Tensor)> Read(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            var all = new List<(string, Tensor)>();
            foreach (var entry in archive.Entries.Where(e => e.Name != ""))
            {
                using var file = entry.Open();
                var most = Math.Min(entry.Length, checked(entry.CompressedLength * MostShrinking));
                all.Add((entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName, Npy.Read(file, $"{path}:{entry.FullName}", most)));
            }
            return [.. all];
        }
        catch (InvalidDataException e) { throw new DiagnosticException(new Diagnostic("LT5105", $"this is no .npz file: {e.Message}", path, "save the arrays with numpy.savez")); }
    }

    public static void Write(string path, params IEnumerable<(string Name, Tensor Tensor)> arrays)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, tensor) in arrays)
        {
            var entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
            entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the least that zip can say: no clock in what we write
            using var file = entry.Open();
            Npy.Write(file, tensor);
        }
    }
}
