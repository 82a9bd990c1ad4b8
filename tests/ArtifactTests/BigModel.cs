using Google.Protobuf;

namespace Lathe.ArtifactTests;

/// <summary>A model file that is large for its weight: y = x · w, w a square of zeros that takes no room on disk.</summary>
internal static class BigModel
{
    /// <param name="size">Of a side; the file is 4 · size² bytes and some.</param>
    public static void Write(string path, int size)
    {
        var raw = 4L * size * size;
        // TensorProto: dims, data_type f32, name, and raw_data up to where its bytes begin.
        var weight = Message(m => Number(Number(Number(m, 1, size), 1, size), 2, 1), m => Text(m, 8, "w"), m => { m.WriteTag(9, WireFormat.WireType.LengthDelimited); m.WriteInt64(raw); });
        var node = Message(m => Text(m, 1, "x"), m => Text(m, 1, "w"), m => Text(m, 2, "y"), m => Text(m, 4, "MatMul"));
        var behind = Message(m => Part(m, 1, node), m => Text(m, 2, "big"), m => Part(m, 11, Value("x", size)), m => Part(m, 12, Value("y", size)));
        var initializer = Message(m => { m.WriteTag(5, WireFormat.WireType.LengthDelimited); m.WriteInt64(weight.Length + raw); });
        var opset = Message(m => { Text(m, 1, ""); Number(m, 2, 17); });
        var before = Message(m => Number(m, 1, 8), m => Part(m, 8, opset), m => { m.WriteTag(7, WireFormat.WireType.LengthDelimited); m.WriteInt64(initializer.Length + weight.Length + raw + behind.Length); });
        using var file = File.Create(path);
        foreach (var part in new[] { before, initializer, weight }) file.Write(part);
        file.Seek(raw, SeekOrigin.Current);
        file.Write(behind);
    }

    /// <summary>ValueInfoProto of f32[1, size].</summary>
    private static byte[] Value(string name, int size)
    {
        byte[] Extent(long n) => Message(m => Number(m, 1, n));
        var shape = Message(m => Part(m, 1, Extent(1)), m => Part(m, 1, Extent(size)));
        var tensor = Message(m => Number(m, 1, 1), m => Part(m, 2, shape));
        return Message(m => Text(m, 1, name), m => Part(m, 2, Message(t => Part(t, 1, tensor))));
    }

    private static byte[] Message(params ReadOnlySpan<Action<CodedOutputStream>> fields)
    {
        using var memory = new MemoryStream();
        var stream = new CodedOutputStream(memory);
        foreach (var field in fields) field(stream);
        stream.Flush();
        return memory.ToArray();
    }

    private static CodedOutputStream Number(CodedOutputStream message, int field, long value)
    {
        message.WriteTag(field, WireFormat.WireType.Varint);
        message.WriteInt64(value);
        return message;
    }

    private static void Text(CodedOutputStream message, int field, string text)
    {
        message.WriteTag(field, WireFormat.WireType.LengthDelimited);
        message.WriteString(text);
    }

    private static void Part(CodedOutputStream message, int field, byte[] part)
    {
        message.WriteTag(field, WireFormat.WireType.LengthDelimited);
        message.WriteBytes(ByteString.CopyFrom(part));
    }
}
