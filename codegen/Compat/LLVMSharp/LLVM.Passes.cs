using System.Runtime.InteropServices;

namespace LLVMSharp.Interop;

/// <summary>Analysis.h, PassBuilder.h: the verifier and the optimiser.</summary>
public static unsafe partial class LLVM
{
    /// <summary>0 for a sound module. The message is set in either case.</summary>
    [DllImport(Library, EntryPoint = "LLVMVerifyModule")]
    public static extern int VerifyModule(LLVMOpaqueModule* M, LLVMVerifierFailureAction Action, sbyte** OutMessage);

    [DllImport(Library, EntryPoint = "LLVMRunPasses")]
    public static extern LLVMOpaqueError* RunPasses(LLVMOpaqueModule* M, sbyte* Passes, LLVMOpaqueTargetMachine* TM, LLVMOpaquePassBuilderOptions* Options);

    [DllImport(Library, EntryPoint = "LLVMCreatePassBuilderOptions")]
    public static extern LLVMOpaquePassBuilderOptions* CreatePassBuilderOptions();

    [DllImport(Library, EntryPoint = "LLVMDisposePassBuilderOptions")]
    public static extern void DisposePassBuilderOptions(LLVMOpaquePassBuilderOptions* Options);

    [DllImport(Library, EntryPoint = "LLVMPassBuilderOptionsSetLoopUnrolling")]
    public static extern void PassBuilderOptionsSetLoopUnrolling(LLVMOpaquePassBuilderOptions* Options, int LoopUnrolling);
}
