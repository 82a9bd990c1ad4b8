namespace Lathe.Codegen.Llvm;

/// <summary>Passes writes on and holds them to an announced number of bytes.</summary>
internal sealed class CountingStream(Stream inner, string announcement, long expected) : Stream
{
    private long written;

    /// <exception cref="InvalidOperationException">Fewer bytes came than were announced.</exception>
    public void RequireAll()
    {
        if (written != expected) throw new InvalidOperationException($"{announcement}, {written} were written");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        written += buffer.Length;
        if (written > expected) throw new InvalidOperationException($"{announcement}, at least {written} were written");
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    public override void Flush() => inner.Flush();
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => written;
    public override long Position { get => written; set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
