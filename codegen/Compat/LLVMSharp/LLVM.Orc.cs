using System.Runtime.InteropServices;

namespace LLVMSharp.Interop;

/// <summary>LLJIT.h, Orc.h: finished objects loaded into this process.</summary>
public static unsafe partial class LLVM
{
    /// <summary>Owns the builder, which may be null for LLVM's defaults.</summary>
    [DllImport(Library, EntryPoint = "LLVMOrcCreateLLJIT")]
    public static extern LLVMOpaqueError* OrcCreateLLJIT(LLVMOrcOpaqueLLJIT** Result, LLVMOrcOpaqueLLJITBuilder* Builder);

    [DllImport(Library, EntryPoint = "LLVMOrcDisposeLLJIT")]
    public static extern LLVMOpaqueError* OrcDisposeLLJIT(LLVMOrcOpaqueLLJIT* J);

    [DllImport(Library, EntryPoint = "LLVMOrcLLJITGetExecutionSession")]
    public static extern LLVMOrcOpaqueExecutionSession* OrcLLJITGetExecutionSession(LLVMOrcOpaqueLLJIT* J);

    [DllImport(Library, EntryPoint = "LLVMOrcLLJITGetMainJITDylib")]
    public static extern LLVMOrcOpaqueJITDylib* OrcLLJITGetMainJITDylib(LLVMOrcOpaqueLLJIT* J);

    [DllImport(Library, EntryPoint = "LLVMOrcLLJITGetGlobalPrefix")]
    public static extern sbyte OrcLLJITGetGlobalPrefix(LLVMOrcOpaqueLLJIT* J);

    /// <summary>A new reference to the symbol's pooled name.</summary>
    [DllImport(Library, EntryPoint = "LLVMOrcLLJITMangleAndIntern")]
    public static extern LLVMOrcOpaqueSymbolStringPoolEntry* OrcLLJITMangleAndIntern(LLVMOrcOpaqueLLJIT* J, sbyte* UnmangledName);

    /// <summary>Owns the buffer.</summary>
    [DllImport(Library, EntryPoint = "LLVMOrcLLJITAddObjectFileWithRT")]
    public static extern LLVMOpaqueError* OrcLLJITAddObjectFileWithRT(LLVMOrcOpaqueLLJIT* J, LLVMOrcOpaqueResourceTracker* RT, LLVMOpaqueMemoryBuffer* ObjBuffer);

    [DllImport(Library, EntryPoint = "LLVMOrcLLJITLookup")]
    public static extern LLVMOpaqueError* OrcLLJITLookup(LLVMOrcOpaqueLLJIT* J, ulong* Result, sbyte* Name);

    [DllImport(Library, EntryPoint = "LLVMOrcExecutionSessionSetErrorReporter")]
    public static extern void OrcExecutionSessionSetErrorReporter(LLVMOrcOpaqueExecutionSession* ES, delegate* unmanaged[Cdecl]<void*, LLVMOpaqueError*, void> ReportError, void* Ctx);

    [DllImport(Library, EntryPoint = "LLVMOrcJITDylibCreateResourceTracker")]
    public static extern LLVMOrcOpaqueResourceTracker* OrcJITDylibCreateResourceTracker(LLVMOrcOpaqueJITDylib* JD);

    [DllImport(Library, EntryPoint = "LLVMOrcResourceTrackerRemove")]
    public static extern LLVMOpaqueError* OrcResourceTrackerRemove(LLVMOrcOpaqueResourceTracker* RT);

    [DllImport(Library, EntryPoint = "LLVMOrcReleaseResourceTracker")]
    public static extern void OrcReleaseResourceTracker(LLVMOrcOpaqueResourceTracker* RT);

    /// <summary>Owns one reference to each name.</summary>
    [DllImport(Library, EntryPoint = "LLVMOrcAbsoluteSymbols")]
    public static extern LLVMOrcOpaqueMaterializationUnit* OrcAbsoluteSymbols(LLVMOrcCSymbolMapPair* Syms, nuint NumPairs);

    /// <summary>Owns the unit where it succeeds.</summary>
    [DllImport(Library, EntryPoint = "LLVMOrcJITDylibDefine")]
    public static extern LLVMOpaqueError* OrcJITDylibDefine(LLVMOrcOpaqueJITDylib* JD, LLVMOrcOpaqueMaterializationUnit* MU);

    [DllImport(Library, EntryPoint = "LLVMOrcDisposeMaterializationUnit")]
    public static extern void OrcDisposeMaterializationUnit(LLVMOrcOpaqueMaterializationUnit* MU);

    [DllImport(Library, EntryPoint = "LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess")]
    public static extern LLVMOpaqueError* OrcCreateDynamicLibrarySearchGeneratorForProcess(LLVMOrcOpaqueDefinitionGenerator** Result, sbyte GlobalPrefx, delegate* unmanaged[Cdecl]<void*, LLVMOrcOpaqueSymbolStringPoolEntry*, int> Filter, void* FilterCtx);

    /// <summary>Owns the generator.</summary>
    [DllImport(Library, EntryPoint = "LLVMOrcJITDylibAddGenerator")]
    public static extern void OrcJITDylibAddGenerator(LLVMOrcOpaqueJITDylib* JD, LLVMOrcOpaqueDefinitionGenerator* DG);
}
