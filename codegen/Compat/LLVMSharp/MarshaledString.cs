using System.Runtime.InteropServices;
using System.Text;

namespace LLVMSharp.Interop;

/// <summary>A string as zero-terminated UTF-8 outside the managed heap, for the length of a <c>using</c>.</summary>
public unsafe struct MarshaledString : IDisposable
{
    public MarshaledString(ReadOnlySpan<char> input)
    {
        Length = Encoding.UTF8.GetByteCount(input);
        Value = (sbyte*)NativeMemory.Alloc((nuint)Length + 1);
        Encoding.UTF8.GetBytes(input, new Span<byte>(Value, Length));
        Value[Length] = 0;
    }

    /// <summary>Bytes, the closing zero not counted.</summary>
    public int Length { get; private set; }

    public sbyte* Value { get; private set; }

    public void Dispose()
    {
        NativeMemory.Free(Value);
        Value = null;
        Length = 0;
    }

    public static implicit operator sbyte*(in MarshaledString value) => value.Value;
}
