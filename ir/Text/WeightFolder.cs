namespace Lathe.Ir;

/// <summary>A folder beside dumps that holds each plane once, as <c>HASH.bin</c>; every dump of a compilation shares it.</summary>
public sealed class WeightFolder(string path) : IWeightSource
{
    /// <summary>What the folder beside a dump is called.</summary>
    public const string Name = "weights";

    private readonly Dictionary<string, Bytes> mapped = new(StringComparer.Ordinal);

    /// <summary>The folder that belongs to a dump.</summary>
    public static WeightFolder Beside(string dump) => new(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(dump))!, Name));

    /// <exception cref="IOException">A file that is there cannot be opened.</exception>
    public Bytes? Find(string hash)
    {
        if (hash.Length == 0 || !hash.All(char.IsAsciiHexDigitLower) || !Directory.Exists(path)) return null;
        if (Directory.GetFiles(path, hash + "*.bin") is not [var file]) return null;
        if (mapped.TryGetValue(file, out var known)) return known;
        var bytes = Bytes.Map(file);
        return bytes.Hash.StartsWith(hash, StringComparison.Ordinal) ? mapped[file] = bytes : null;
    }

    /// <summary>Writes the planes that are not there yet, each as a whole or not at all.</summary>
    public void Keep(IEnumerable<Bytes> planes)
    {
        Directory.CreateDirectory(path);
        foreach (var plane in planes)
        {
            var file = Path.Combine(path, plane.Hash + ".bin");
            if (File.Exists(file)) continue;
            var part = $"{file}.part";
            using (var stream = File.Create(part)) plane.CopyTo(stream);
            File.Move(part, file, overwrite: true);
        }
    }
}
