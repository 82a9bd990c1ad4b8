namespace LLVMSharp.Interop;

/// <summary>A processor with its features and options. One thread at a time; free with LLVM.DisposeTargetMachine.</summary>
public unsafe struct LLVMTargetMachineRef(IntPtr handle)
{
    public IntPtr Handle = handle;

    public static implicit operator LLVMTargetMachineRef(LLVMOpaqueTargetMachine* value) => new((IntPtr)value);

    public static implicit operator LLVMOpaqueTargetMachine*(LLVMTargetMachineRef value) => (LLVMOpaqueTargetMachine*)value.Handle;

    /// <summary>A new layout; free with LLVM.DisposeTargetData.</summary>
    public readonly LLVMTargetDataRef CreateTargetDataLayout() => LLVM.CreateTargetDataLayout(this);
}
