using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>Machine code of a module and what its functions take of the stack.</summary>
/// <param name="Bytes">A relocatable object.</param>
/// <param name="Frames">One for each function that the module defines.</param>
public sealed record ObjectCode(byte[] Bytes, Seq<StackFrame> Frames)
{
    /// <summary>In one piece, which <see cref="Of"/> takes apart.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        StackFrame.Write(writer, Frames);
        writer.Write(Bytes);
        writer.Flush();
        return stream.ToArray();
    }

    public static ObjectCode Of(byte[] whole)
    {
        using var stream = new MemoryStream(whole);
        using var reader = new BinaryReader(stream);
        var frames = StackFrame.Read(reader);
        return new(whole[(int)stream.Position..], frames);
    }
}
