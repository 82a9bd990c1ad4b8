using System.Buffers.Binary;

namespace Lathe.Codegen.Llvm;

/// <summary>What the first instructions of a function for x86-64 do to the stack pointer.</summary>
/// <remarks>
/// LLVM says how large a frame is, and not what is lost where it aligns the stack pointer for vectors: <c>push …; mov rbp, rsp; push …; and rsp, −A; sub rsp, N</c>
/// (X86FrameLowering.cpp, emitPrologue). Instructions in between that move no stack pointer are passed over as far as they are known here.
/// </remarks>
internal static class X86Prologue
{
    /// <summary>Bytes pushed, the multiple aligned to, bytes from there on; null where it aligns nothing.</summary>
    public static (long Pushed, int Alignment, long After)? Read(ReadOnlySpan<byte> code)
    {
        var pushed = 0L;
        while (true)
        {
            var length = code switch
            {
                [>= 0x50 and <= 0x57, ..] => 1, // push
                [0x41, >= 0x50 and <= 0x57, ..] => 2, // push r8…r15
                [0x48, 0x89, 0xE5, ..] => 3, // mov rbp, rsp
                _ => 0,
            };
            if (length == 0) break;
            if (length < 3) pushed += 8;
            code = code[length..];
        }
        // and rsp, −A
        if (code is [0x48, 0x83, 0xE4, var small, ..]) return (pushed, -(sbyte)small, After(code[4..]));
        if (code is [0x48, 0x81, 0xE4, _, _, _, _, ..]) return (pushed, -BinaryPrimitives.ReadInt32LittleEndian(code[3..]), After(code[7..]));
        return null;
    }

    /// <summary>sub rsp, N.</summary>
    private static long After(ReadOnlySpan<byte> code) => code switch
    {
        [0x48, 0x83, 0xEC, var small, ..] => small,
        [0x48, 0x81, 0xEC, _, _, _, _, ..] => BinaryPrimitives.ReadInt32LittleEndian(code[3..]),
        _ => 0,
    };
}
