using System.Runtime.InteropServices;
using System.Text;

namespace LLVMSharp.Interop;

public static unsafe class SpanExtensions
{
    /// <summary>Reads zero-terminated UTF-8; the memory stays its owner's.</summary>
    public static string AsString(sbyte* pStr) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)pStr));
}
