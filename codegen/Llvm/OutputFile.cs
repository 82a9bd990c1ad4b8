using System.Collections.Concurrent;
using System.Globalization;

namespace Lathe.Codegen.Llvm;

/// <summary>A file that appears whole or not at all: written beside its place, then renamed into it.</summary>
/// <remarks>What is not committed is removed when this is disposed, or when the process leaves.</remarks>
public sealed class OutputFile : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> unfinished = new(StringComparer.Ordinal);
    private FileStream? stream;

    static OutputFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var partial in unfinished.Keys) Remove(partial);
    };

    /// <summary>Where the file will be.</summary>
    public string Path { get; }

    /// <summary>Where it is written: in the same folder, so that the rename stays within one file system.</summary>
    public string Partial { get; }

    public OutputFile(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        var name = string.Create(CultureInfo.InvariantCulture, $".{System.IO.Path.GetFileName(Path)}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.partial");
        Partial = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", name);
        unfinished[Partial] = true;
    }

    /// <summary>For writing from here; a tool of the machine's may write <see cref="Partial"/> instead.</summary>
    public Stream Stream => stream ??= new FileStream(Partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);

    /// <summary>Puts the file in its place, over one that was there. One with the same bytes stays as it is, its time too: what is built from it need not be built again.</summary>
    public void Commit()
    {
        stream?.Dispose();
        stream = null;
        if (IsThere()) Remove(Partial);
        else File.Move(Partial, Path, overwrite: true);
        unfinished.TryRemove(Partial, out _);
    }

    private bool IsThere()
    {
        var (old, made) = (new FileInfo(Path), new FileInfo(Partial));
        // A link would be replaced by a file, and so would one that may be executed where the other may not.
        if (!old.Exists || old.LinkTarget is not null || old.Length != made.Length || !OperatingSystem.IsWindows() && old.UnixFileMode != made.UnixFileMode) return false;
        try
        {
            using var a = File.OpenRead(Path);
            using var b = File.OpenRead(Partial);
            var (left, right) = (new byte[1 << 16], new byte[1 << 16]);
            for (int read; (read = a.ReadAtLeast(left, left.Length, throwOnEndOfStream: false)) > 0;)
                if (b.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != read || !left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read))) return false;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // what cannot be read can be replaced all the same
        }
    }

    public void Dispose()
    {
        try
        {
            stream?.Dispose();
        }
        catch (IOException)
        {
            // A full disk has been reported by the write that met it; the file goes anyway.
        }
        stream = null;
        if (unfinished.TryRemove(Partial, out _)) Remove(Partial);
    }

    /// <summary>Writes a whole file.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new OutputFile(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <summary>Writes a whole file as UTF-8.</summary>
    public static void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    private static void Remove(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing more can be done about it, and the first fault is what the user must hear of.
        }
    }
}
