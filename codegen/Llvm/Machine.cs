using LLVMSharp.Interop;

namespace Lathe.Codegen.Llvm;

/// <summary>LLVM's target machine for a processor: code at the highest level, position-independent where the system loads it anywhere. One thread at a time.</summary>
internal sealed unsafe class Machine : IDisposable
{
    private readonly CpuTarget target;

    public LLVMTargetMachineRef Handle { get; }

    public Machine(CpuTarget target)
    {
        this.target = target;
        target.Architecture.Initialise();
        using var triple = new MarshaledString(target.Triple);
        LLVMTarget* description;
        sbyte* message;
        if (LLVM.GetTargetFromTriple(triple, &description, &message) != 0) throw new LlvmException(target.Triple, NativeText.Take(message));
        LLVMTargetRef reference = description;
        Handle = reference.CreateTargetMachine(target.Triple, target.Cpu, target.Features, LLVMCodeGenOptLevel.LLVMCodeGenLevelAggressive, target.Architecture == CpuArchitecture.Nvptx64 || target.System.IsPositionIndependent ? LLVMRelocMode.LLVMRelocPIC : LLVMRelocMode.LLVMRelocStatic, LLVMCodeModel.LLVMCodeModelDefault);
    }

    /// <summary>Tells a module which machine it is for.</summary>
    public void Claim(LLVMModuleRef module)
    {
        module.Target = target.Triple;
        var layout = Handle.CreateTargetDataLayout();
        LLVM.SetModuleDataLayout(module, layout);
        LLVM.DisposeTargetData(layout);
    }

    public void Dispose() => LLVM.DisposeTargetMachine(Handle);
}
