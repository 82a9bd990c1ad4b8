using LLVMSharp.Interop;

namespace Lathe.Codegen.Llvm;

/// <summary>Texts and errors that LLVM hands over: read, then freed.</summary>
internal static unsafe class NativeText
{
    public static string Take(sbyte* text)
    {
        if (text == null) return "";
        var result = SpanExtensions.AsString(text);
        LLVM.DisposeMessage(text);
        return result;
    }

    public static string Take(LLVMOpaqueError* error)
    {
        var message = LLVM.GetErrorMessage(error);
        var result = SpanExtensions.AsString(message);
        LLVM.DisposeErrorMessage(message);
        return result;
    }
}
