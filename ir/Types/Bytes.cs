using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace Lathe.Ir;

/// <summary>A run of bytes that does not move: a part of a mapped file, or a pinned array. Weights live here and never on the heap in one piece.</summary>
public sealed unsafe class Bytes
{
    private readonly object owner;
    private string? hash;

    private Bytes(object owner, nint address, long length) => (this.owner, Address, Length) = (owner, address, length);

    public nint Address { get; }
    public long Length { get; }

    /// <summary>SHA-256 of the contents in lower-case hexadecimal.</summary>
    public string Hash => hash ??= ComputeHash();

    public static Bytes Of(ReadOnlySpan<byte> contents)
    {
        var bytes = Zeros(contents.Length);
        contents.CopyTo(new Span<byte>((void*)bytes.Address, contents.Length));
        return bytes;
    }

    public static Bytes Of<T>(ReadOnlySpan<T> numbers) where T : unmanaged => Of(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers));

    /// <summary>Zeroed memory, aligned to 64 bytes.</summary>
    public static Bytes Zeros(long length)
    {
        var block = new AlignedBlock(length);
        return new(block, block.Address, length);
    }

    /// <summary>Zeroed memory in a file of its own that is gone with it: for large results that should not count as memory of the process. In plain memory where no such file can be made.</summary>
    public static Bytes InFile(long length)
    {
        if (length == 0) return Zeros(0);
        try
        {
            var block = new FileBlock(length);
            return new(block, block.Address, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return Zeros(length); }
    }

    /// <summary>A whole file, mapped read-only.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Bytes Map(string path)
    {
        long length;
        using (var file = File.OpenHandle(path)) length = RandomAccess.GetLength(file); // of the file that a link leads to, not of the link
        if (length == 0) return Zeros(0);
        var view = new MappedView(path);
        return new(view, view.Address, length);
    }

    /// <summary>A part of this, sharing its memory.</summary>
    public Bytes Slice(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length) throw new ArgumentOutOfRangeException(nameof(offset), $"bytes {offset}..{offset + length} of {Length}");
        return new(owner, Address + (nint)offset, length);
    }

    /// <summary>Clears bits of one byte of memory that is this one's own.</summary>
    /// <param name="mask">The bits that stay.</param>
    public unsafe void Keep(long at, byte mask)
    {
        *((byte*)Address + at) &= mask;
        GC.KeepAlive(this);
    }

    /// <summary>Some of it. Whoever reads it must hold this until the end: the span does not.</summary>
    public ReadOnlySpan<byte> Span(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count) throw new ArgumentOutOfRangeException(nameof(offset), $"bytes {offset}..{offset + count} of {Length}");
        return new((byte*)Address + offset, count);
    }

    /// <summary>A copy of all of it as numbers of one kind; at most 2^31 of them. The memory stays while it is copied: a span of it alone does not keep it.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        var copy = As<T>().ToArray();
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>All of it as numbers of one kind; at most 2^31 of them. Whoever reads it must hold this until the end: the span does not.</summary>
    public ReadOnlySpan<T> As<T>() where T : unmanaged => new((void*)Address, checked((int)(Length / sizeof(T))));

    /// <summary>Writes everything to a stream, piece by piece.</summary>
    public void CopyTo(Stream stream)
    {
        const int piece = 1 << 20;
        for (var at = 0L; at < Length; at += piece) stream.Write(Span(at, (int)Math.Min(piece, Length - at)));
        GC.KeepAlive(this);
    }

    private string ComputeHash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        const int piece = 1 << 20;
        for (var at = 0L; at < Length; at += piece) sha.AppendData(Span(at, (int)Math.Min(piece, Length - at)));
        GC.KeepAlive(this);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private sealed class AlignedBlock
    {
        private readonly long size;

        public AlignedBlock(long length)
        {
            size = Math.Max(64, length);
            Address = (nint)System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)size, 64);
            System.Runtime.InteropServices.NativeMemory.Clear((void*)Address, (nuint)size);
            // The collector does not see this memory; untold, it would let a run's tensors pile up.
            GC.AddMemoryPressure(size);
        }

        public nint Address { get; }

        ~AlignedBlock()
        {
            System.Runtime.InteropServices.NativeMemory.AlignedFree((void*)Address);
            GC.RemoveMemoryPressure(size);
        }
    }

    private sealed class FileBlock
    {
        private readonly MemoryMappedFile file;
        private readonly MemoryMappedViewAccessor view;

        public FileBlock(long length)
        {
            var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            // Space is taken at once: a disk that is full then is an error here and not a fault at some later store.
            var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, PreallocationSize = length, Options = FileOptions.DeleteOnClose });
            try { file = MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false); }
            catch
            {
                stream.Dispose();
                throw;
            }
            // Without a name the file ends with the process, however that ends; where an open file keeps its name, with the handle.
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Address = (nint)(start + view.PointerOffset);
        }

        public nint Address { get; }
        ~FileBlock() { view.Dispose(); file.Dispose(); }
    }

    private sealed class MappedView
    {
        private readonly MemoryMappedFile file;
        private readonly MemoryMappedViewAccessor view;

        public MappedView(string path)
        {
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Address = (nint)(start + view.PointerOffset);
        }

        public nint Address { get; }
        ~MappedView() { view.Dispose(); file.Dispose(); }
    }
}
