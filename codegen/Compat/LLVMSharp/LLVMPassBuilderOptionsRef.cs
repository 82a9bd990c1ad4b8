namespace LLVMSharp.Interop;

/// <summary>What the optimiser's pipeline may do.</summary>
public unsafe struct LLVMPassBuilderOptionsRef(IntPtr handle) : IDisposable
{
    public IntPtr Handle = handle;

    public static implicit operator LLVMPassBuilderOptionsRef(LLVMOpaquePassBuilderOptions* value) => new((IntPtr)value);

    public static implicit operator LLVMOpaquePassBuilderOptions*(LLVMPassBuilderOptionsRef value) => (LLVMOpaquePassBuilderOptions*)value.Handle;

    public static LLVMPassBuilderOptionsRef Create() => LLVM.CreatePassBuilderOptions();

    public readonly void SetLoopUnrolling(bool LoopUnrolling) => LLVM.PassBuilderOptionsSetLoopUnrolling(this, LoopUnrolling ? 1 : 0);

    public void Dispose()
    {
        if (Handle == 0) return;
        LLVM.DisposePassBuilderOptions(this);
        Handle = 0;
    }
}
