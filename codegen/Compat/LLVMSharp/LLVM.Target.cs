using System.Runtime.InteropServices;

namespace LLVMSharp.Interop;

/// <summary>Target.h, TargetMachine.h: the machines code is made for.</summary>
/// <remarks>LLVM's <c>LLVMInitializeNative*</c> are inline functions of its headers, so a target's own initialisers are called.</remarks>
public static unsafe partial class LLVM
{
    [DllImport(Library, EntryPoint = "LLVMInitializeX86TargetInfo")]
    public static extern void InitializeX86TargetInfo();

    [DllImport(Library, EntryPoint = "LLVMInitializeX86Target")]
    public static extern void InitializeX86Target();

    [DllImport(Library, EntryPoint = "LLVMInitializeX86TargetMC")]
    public static extern void InitializeX86TargetMC();

    [DllImport(Library, EntryPoint = "LLVMInitializeX86AsmPrinter")]
    public static extern void InitializeX86AsmPrinter();

    [DllImport(Library, EntryPoint = "LLVMInitializeX86AsmParser")]
    public static extern void InitializeX86AsmParser();

    [DllImport(Library, EntryPoint = "LLVMInitializeAArch64TargetInfo")]
    public static extern void InitializeAArch64TargetInfo();

    [DllImport(Library, EntryPoint = "LLVMInitializeAArch64Target")]
    public static extern void InitializeAArch64Target();

    [DllImport(Library, EntryPoint = "LLVMInitializeAArch64TargetMC")]
    public static extern void InitializeAArch64TargetMC();

    [DllImport(Library, EntryPoint = "LLVMInitializeAArch64AsmPrinter")]
    public static extern void InitializeAArch64AsmPrinter();

    [DllImport(Library, EntryPoint = "LLVMInitializeAArch64AsmParser")]
    public static extern void InitializeAArch64AsmParser();

    [DllImport(Library, EntryPoint = "LLVMInitializeNVPTXTargetInfo")]
    public static extern void InitializeNVPTXTargetInfo();

    [DllImport(Library, EntryPoint = "LLVMInitializeNVPTXTarget")]
    public static extern void InitializeNVPTXTarget();

    [DllImport(Library, EntryPoint = "LLVMInitializeNVPTXTargetMC")]
    public static extern void InitializeNVPTXTargetMC();

    [DllImport(Library, EntryPoint = "LLVMInitializeNVPTXAsmPrinter")]
    public static extern void InitializeNVPTXAsmPrinter();

    [DllImport(Library, EntryPoint = "LLVMInitializeRISCVTargetInfo")]
    public static extern void InitializeRISCVTargetInfo();

    [DllImport(Library, EntryPoint = "LLVMInitializeRISCVTarget")]
    public static extern void InitializeRISCVTarget();

    [DllImport(Library, EntryPoint = "LLVMInitializeRISCVTargetMC")]
    public static extern void InitializeRISCVTargetMC();

    [DllImport(Library, EntryPoint = "LLVMInitializeRISCVAsmPrinter")]
    public static extern void InitializeRISCVAsmPrinter();

    [DllImport(Library, EntryPoint = "LLVMInitializeRISCVAsmParser")]
    public static extern void InitializeRISCVAsmParser();

    [DllImport(Library, EntryPoint = "LLVMInitializeWebAssemblyTargetInfo")]
    public static extern void InitializeWebAssemblyTargetInfo();

    [DllImport(Library, EntryPoint = "LLVMInitializeWebAssemblyTarget")]
    public static extern void InitializeWebAssemblyTarget();

    [DllImport(Library, EntryPoint = "LLVMInitializeWebAssemblyTargetMC")]
    public static extern void InitializeWebAssemblyTargetMC();

    [DllImport(Library, EntryPoint = "LLVMInitializeWebAssemblyAsmPrinter")]
    public static extern void InitializeWebAssemblyAsmPrinter();

    [DllImport(Library, EntryPoint = "LLVMInitializeWebAssemblyAsmParser")]
    public static extern void InitializeWebAssemblyAsmParser();

    [DllImport(Library, EntryPoint = "LLVMGetDefaultTargetTriple")]
    public static extern sbyte* GetDefaultTargetTriple();

    [DllImport(Library, EntryPoint = "LLVMNormalizeTargetTriple")]
    public static extern sbyte* NormalizeTargetTriple(sbyte* triple);

    [DllImport(Library, EntryPoint = "LLVMGetHostCPUName")]
    public static extern sbyte* GetHostCPUName();

    [DllImport(Library, EntryPoint = "LLVMGetHostCPUFeatures")]
    public static extern sbyte* GetHostCPUFeatures();

    [DllImport(Library, EntryPoint = "LLVMGetTargetFromTriple")]
    public static extern int GetTargetFromTriple(sbyte* Triple, LLVMTarget** T, sbyte** ErrorMessage);

    [DllImport(Library, EntryPoint = "LLVMCreateTargetMachine")]
    public static extern LLVMOpaqueTargetMachine* CreateTargetMachine(LLVMTarget* T, sbyte* Triple, sbyte* CPU, sbyte* Features, LLVMCodeGenOptLevel Level, LLVMRelocMode Reloc, LLVMCodeModel CodeModel);

    [DllImport(Library, EntryPoint = "LLVMDisposeTargetMachine")]
    public static extern void DisposeTargetMachine(LLVMOpaqueTargetMachine* T);

    [DllImport(Library, EntryPoint = "LLVMCreateTargetDataLayout")]
    public static extern LLVMOpaqueTargetData* CreateTargetDataLayout(LLVMOpaqueTargetMachine* T);

    [DllImport(Library, EntryPoint = "LLVMSetModuleDataLayout")]
    public static extern void SetModuleDataLayout(LLVMOpaqueModule* M, LLVMOpaqueTargetData* DL);

    [DllImport(Library, EntryPoint = "LLVMDisposeTargetData")]
    public static extern void DisposeTargetData(LLVMOpaqueTargetData* TD);

    [DllImport(Library, EntryPoint = "LLVMTargetMachineEmitToMemoryBuffer")]
    public static extern int TargetMachineEmitToMemoryBuffer(LLVMOpaqueTargetMachine* T, LLVMOpaqueModule* M, LLVMCodeGenFileType codegen, sbyte** ErrorMessage, LLVMOpaqueMemoryBuffer** OutMemBuf);
}
