namespace LLVMSharp.Interop;

/// <summary>An architecture registered with LLVM; lives as long as the process.</summary>
public unsafe struct LLVMTargetRef(IntPtr handle)
{
    public IntPtr Handle = handle;

    public static implicit operator LLVMTargetRef(LLVMTarget* value) => new((IntPtr)value);

    public static implicit operator LLVMTarget*(LLVMTargetRef value) => (LLVMTarget*)value.Handle;

    /// <summary>The triple LLVM was built for.</summary>
    public static string DefaultTriple
    {
        get
        {
            var text = LLVM.GetDefaultTargetTriple();
            var result = SpanExtensions.AsString(text);
            LLVM.DisposeMessage(text);
            return result;
        }
    }

    public readonly LLVMTargetMachineRef CreateTargetMachine(string triple, string cpu, string features, LLVMCodeGenOptLevel level, LLVMRelocMode reloc, LLVMCodeModel codeModel)
    {
        using var nativeTriple = new MarshaledString(triple);
        using var nativeCpu = new MarshaledString(cpu);
        using var nativeFeatures = new MarshaledString(features);
        return LLVM.CreateTargetMachine(this, nativeTriple, nativeCpu, nativeFeatures, level, reloc, codeModel);
    }
}
