namespace LLVMSharp.Interop;

/// <summary>A unit of LLVM IR; lives in a context and must go before it.</summary>
public unsafe struct LLVMModuleRef(IntPtr handle) : IDisposable
{
    public IntPtr Handle = handle;

    public static implicit operator LLVMModuleRef(LLVMOpaqueModule* value) => new((IntPtr)value);

    public static implicit operator LLVMOpaqueModule*(LLVMModuleRef value) => (LLVMOpaqueModule*)value.Handle;

    /// <summary>The target triple.</summary>
    public readonly string Target
    {
        get => SpanExtensions.AsString(LLVM.GetTarget(this));
        set
        {
            using var triple = new MarshaledString(value);
            LLVM.SetTarget(this, triple);
        }
    }

    /// <summary>The module as LLVM assembly.</summary>
    public readonly string PrintToString()
    {
        var text = LLVM.PrintModuleToString(this);
        var result = SpanExtensions.AsString(text);
        LLVM.DisposeMessage(text);
        return result;
    }

    public void Dispose()
    {
        if (Handle == 0) return;
        LLVM.DisposeModule(this);
        Handle = 0;
    }
}
