namespace LLVMSharp.Interop;

/// <summary>Sizes and alignments of types on a machine.</summary>
public unsafe struct LLVMTargetDataRef(IntPtr handle)
{
    public IntPtr Handle = handle;

    public static implicit operator LLVMTargetDataRef(LLVMOpaqueTargetData* value) => new((IntPtr)value);

    public static implicit operator LLVMOpaqueTargetData*(LLVMTargetDataRef value) => (LLVMOpaqueTargetData*)value.Handle;
}
