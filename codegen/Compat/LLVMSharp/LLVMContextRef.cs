namespace LLVMSharp.Interop;

/// <summary>Owns types and constants of its modules. One thread at a time.</summary>
public unsafe struct LLVMContextRef(IntPtr handle) : IDisposable
{
    public IntPtr Handle = handle;

    public static implicit operator LLVMContextRef(LLVMOpaqueContext* value) => new((IntPtr)value);

    public static implicit operator LLVMOpaqueContext*(LLVMContextRef value) => (LLVMOpaqueContext*)value.Handle;

    public static LLVMContextRef Create() => LLVM.ContextCreate();

    public void Dispose()
    {
        if (Handle == 0) return;
        LLVM.ContextDispose(this);
        Handle = 0;
    }
}
