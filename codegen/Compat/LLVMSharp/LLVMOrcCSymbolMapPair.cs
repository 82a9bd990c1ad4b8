namespace LLVMSharp.Interop;

/// <summary>A name and the address it stands for.</summary>
public unsafe struct LLVMOrcCSymbolMapPair
{
    public LLVMOrcOpaqueSymbolStringPoolEntry* Name;
    public LLVMJITEvaluatedSymbol Sym;
}

public struct LLVMJITEvaluatedSymbol
{
    public ulong Address;
    public LLVMJITSymbolFlags Flags;
}

public struct LLVMJITSymbolFlags
{
    /// <summary>A set of <see cref="LLVMJITSymbolGenericFlags"/>.</summary>
    public byte GenericFlags;
    public byte TargetFlags;
}
