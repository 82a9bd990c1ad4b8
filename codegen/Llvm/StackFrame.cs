using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>What a function takes of the stack, and which functions it may call. What the call itself pushes is not in it.</summary>
/// <param name="Function">Its symbol.</param>
/// <param name="Before">Bytes before the stack pointer is aligned; all, where it is not.</param>
/// <param name="Alignment">The multiple that it is aligned down to, where that is more than callers keep; else 0.</param>
/// <param name="After">Bytes from there on.</param>
/// <param name="Names">Functions that it names: calls, or hands to another to call.</param>
public sealed record StackFrame(string Function, long Before, int Alignment, long After, Seq<string> Names)
{
    /// <summary>How far below a place that is a multiple of every alignment the stack ends, where it began so far below it.</summary>
    public long End(long begin)
    {
        var end = begin + Before;
        return (Alignment == 0 ? end : (end + Alignment - 1) / Alignment * Alignment) + After;
    }

    /// <summary>Writes frames so that <see cref="Read"/> gives them back.</summary>
    public static void Write(BinaryWriter writer, IReadOnlyCollection<StackFrame> frames)
    {
        writer.Write(frames.Count);
        foreach (var frame in frames)
        {
            writer.Write(frame.Function);
            writer.Write(frame.Before);
            writer.Write(frame.Alignment);
            writer.Write(frame.After);
            writer.Write(frame.Names.Count);
            foreach (var name in frame.Names) writer.Write(name);
        }
    }

    public static Seq<StackFrame> Read(BinaryReader reader)
    {
        var frames = new StackFrame[reader.ReadInt32()];
        for (var i = 0; i < frames.Length; i++)
        {
            var (function, before, alignment, after, names) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64(), new string[reader.ReadInt32()]);
            for (var n = 0; n < names.Length; n++) names[n] = reader.ReadString();
            frames[i] = new(function, before, alignment, after, [.. names]);
        }
        return [.. frames];
    }
}
