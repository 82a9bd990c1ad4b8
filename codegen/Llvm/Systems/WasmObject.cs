using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>A relocatable object of WebAssembly that holds read-only data and nothing else: the weights, which so never pass through LLVM.</summary>
/// <remarks>WebAssembly Core Specification, chapter 5; WebAssembly/tool-conventions, Linking.md, version 2.</remarks>
internal static class WasmObject
{
    private const int AlignmentLog2 = 6, Hidden = 4, DataSymbol = 1, SegmentInfo = 5, SymbolTable = 8;

    /// <summary>Writes the object; data of any length streams through.</summary>
    /// <exception cref="ArgumentException">No memory of 32 bits holds so much.</exception>
    public static void Write(Stream output, long length, string symbol, Action<Stream> data)
    {
        if (length > uint.MaxValue) throw new ArgumentException($"wasm: {symbol} has {length} bytes, an address has 32 bits");
        output.Write([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]);
        // The memory comes from the linker; the least that it must have is the linker's to say.
        Section(output, 2, [1, .. Name("env"), .. Name("__linear_memory"), 2, 0, 0]);
        byte[] head = [1, 0, 0x41, 0, 0x0B, .. Number(length)]; // one segment, at i32.const 0 of memory 0
        output.WriteByte(11);
        output.Write(Number(head.Length + length));
        output.Write(head);
        var counted = new CountingStream(output, $"wasm: the data is announced as {length} bytes", length);
        data(counted);
        counted.RequireAll();
        byte[] segments = [1, .. Name(".rodata." + symbol), AlignmentLog2, 0];
        byte[] symbols = [1, DataSymbol, Hidden, .. Name(symbol), 0, 0, .. Number(length)];
        Section(output, 0, [.. Name("linking"), 2, SegmentInfo, .. Number(segments.Length), .. segments, SymbolTable, .. Number(symbols.Length), .. symbols]);
    }

    private static void Section(Stream output, byte kind, byte[] contents)
    {
        output.WriteByte(kind);
        output.Write(Number(contents.Length));
        output.Write(contents);
    }

    private static byte[] Name(string name) => Encoding.UTF8.GetBytes(name) is var bytes ? [.. Number(bytes.Length), .. bytes] : [];

    /// <summary>LEB128: seven bits a byte, the least first.</summary>
    private static byte[] Number(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value & 0x7F | 0x80));
        return [.. bytes, (byte)value];
    }
}
