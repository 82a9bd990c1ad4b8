using Lathe.Onnx.Proto;

namespace Lathe.Onnx;

/// <summary>Files of external data in the model's folder, each mapped once. Nothing outside that folder is ever opened, links followed.</summary>
internal sealed class ExternalFiles(string folder)
{
    private readonly Dictionary<string, Bytes> mapped = new(StringComparer.Ordinal);
    private readonly SortedSet<string> locations = new(StringComparer.Ordinal);
    private string? realFolder;

    /// <summary>The files that were read, as the model names them.</summary>
    public Seq<string> Locations => [.. locations];

    /// <summary>The bytes a tensor names.</summary>
    /// <param name="need">Bytes of the tensor.</param>
    /// <exception cref="DiagnosticException">They cannot be had.</exception>
    public Bytes Read(TensorProto tensor, long need, string where)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in tensor.ExternalData)
            if (!entries.TryAdd(entry.Key, entry.Value)) throw new DiagnosticException(Faults.BadExternal(where, $"{entry.Key} stands twice"));
        if (!entries.TryGetValue("location", out var location) || location == "") throw new DiagnosticException(Faults.BadExternal(where, "no location is given"));
        var offset = Whole("offset") ?? 0;
        var length = Whole("length") ?? need;
        var file = Open(location, where);
        if (length != need) throw new DiagnosticException(Faults.DataSize(where, "the tensor", "external data", length, need, "bytes"));
        if (offset > file.Length || length > file.Length - offset) throw new DiagnosticException(Faults.ShortExternal(where, location, offset, length, file.Length));
        return file.Slice(offset, length);

        long? Whole(string key) => !entries.TryGetValue(key, out var text) ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw new DiagnosticException(Faults.BadExternal(where, $"{key} is \"{text}\", not a whole number of bytes"));
    }

    private Bytes Open(string location, string where)
    {
        try
        {
            if (location.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(location) || location.Contains(':', StringComparison.Ordinal) && OperatingSystem.IsWindows())
                throw new DiagnosticException(Faults.Outside(where, location));
            realFolder ??= RealPath.Of(folder);
            var path = RealPath.Of(Path.Join(realFolder, location));
            if (!RealPath.IsBelow(path, realFolder)) throw new DiagnosticException(Faults.Outside(where, location));
            if (!File.Exists(path)) throw new DiagnosticException(Faults.NoExternal(where, location, Directory.Exists(path) ? "it is a folder" : "there is no such file"));
            locations.Add(location);
            return mapped.TryGetValue(path, out var known) ? known : mapped[path] = Bytes.Map(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(Faults.NoExternal(where, location, e.Message));
        }
    }
}
