using System.Runtime.InteropServices;

namespace LLVMSharp.Interop;

/// <summary>Core.h, IRReader.h, Support.h: contexts, modules, memory buffers, diagnostics.</summary>
public static unsafe partial class LLVM
{
    [DllImport(Library, EntryPoint = "LLVMGetVersion")]
    public static extern void GetVersion(uint* Major, uint* Minor, uint* Patch);

    [DllImport(Library, EntryPoint = "LLVMDisposeMessage")]
    public static extern void DisposeMessage(sbyte* Message);

    /// <summary>Sets options of the whole library, in the form of <c>opt</c>'s; the first argument is a program's name.</summary>
    [DllImport(Library, EntryPoint = "LLVMParseCommandLineOptions")]
    public static extern void ParseCommandLineOptions(int argc, sbyte** argv, sbyte* Overview);

    [DllImport(Library, EntryPoint = "LLVMContextCreate")]
    public static extern LLVMOpaqueContext* ContextCreate();

    [DllImport(Library, EntryPoint = "LLVMContextDispose")]
    public static extern void ContextDispose(LLVMOpaqueContext* C);

    [DllImport(Library, EntryPoint = "LLVMContextSetDiagnosticHandler")]
    public static extern void ContextSetDiagnosticHandler(LLVMOpaqueContext* C, delegate* unmanaged[Cdecl]<LLVMOpaqueDiagnosticInfo*, void*, void> Handler, void* DiagnosticContext);

    [DllImport(Library, EntryPoint = "LLVMGetDiagInfoDescription")]
    public static extern sbyte* GetDiagInfoDescription(LLVMOpaqueDiagnosticInfo* DI);

    [DllImport(Library, EntryPoint = "LLVMGetDiagInfoSeverity")]
    public static extern LLVMDiagnosticSeverity GetDiagInfoSeverity(LLVMOpaqueDiagnosticInfo* DI);

    /// <summary>Reads text or bitcode. Owns and frees the buffer, whether it succeeds (0) or not.</summary>
    [DllImport(Library, EntryPoint = "LLVMParseIRInContext")]
    public static extern int ParseIRInContext(LLVMOpaqueContext* ContextRef, LLVMOpaqueMemoryBuffer* MemBuf, LLVMOpaqueModule** OutM, sbyte** OutMessage);

    [DllImport(Library, EntryPoint = "LLVMDisposeModule")]
    public static extern void DisposeModule(LLVMOpaqueModule* M);

    [DllImport(Library, EntryPoint = "LLVMSetSourceFileName")]
    public static extern void SetSourceFileName(LLVMOpaqueModule* M, sbyte* Name, nuint Len);

    [DllImport(Library, EntryPoint = "LLVMGetTarget")]
    public static extern sbyte* GetTarget(LLVMOpaqueModule* M);

    [DllImport(Library, EntryPoint = "LLVMSetTarget")]
    public static extern void SetTarget(LLVMOpaqueModule* M, sbyte* Triple);

    [DllImport(Library, EntryPoint = "LLVMPrintModuleToString")]
    public static extern sbyte* PrintModuleToString(LLVMOpaqueModule* M);

    [DllImport(Library, EntryPoint = "LLVMCreateMemoryBufferWithMemoryRangeCopy")]
    public static extern LLVMOpaqueMemoryBuffer* CreateMemoryBufferWithMemoryRangeCopy(sbyte* InputData, nuint InputDataLength, sbyte* BufferName);

    [DllImport(Library, EntryPoint = "LLVMGetBufferStart")]
    public static extern sbyte* GetBufferStart(LLVMOpaqueMemoryBuffer* MemBuf);

    [DllImport(Library, EntryPoint = "LLVMGetBufferSize")]
    public static extern nuint GetBufferSize(LLVMOpaqueMemoryBuffer* MemBuf);

    [DllImport(Library, EntryPoint = "LLVMDisposeMemoryBuffer")]
    public static extern void DisposeMemoryBuffer(LLVMOpaqueMemoryBuffer* MemBuf);

    [DllImport(Library, EntryPoint = "LLVMGetErrorMessage")]
    public static extern sbyte* GetErrorMessage(LLVMOpaqueError* Err);

    [DllImport(Library, EntryPoint = "LLVMDisposeErrorMessage")]
    public static extern void DisposeErrorMessage(sbyte* ErrMsg);
}
