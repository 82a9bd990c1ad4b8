namespace Lathe.Codegen.Package;

/// <summary>What an artifact takes of memory beside its arena and its weights.</summary>
/// <param name="Stack">The most that a run takes of the stack, the call itself included; functions of the system's and the host's are not in it.</param>
/// <param name="Code">Bytes of instructions.</param>
/// <param name="Constants">Bytes that are only read: tables, texts, the contract itself; no weights.</param>
/// <param name="Variables">Bytes that are written.</param>
public sealed record MemoryUse(long Stack, long Code, long Constants, long Variables);
