namespace Lathe.Codegen.Llvm;

/// <summary>Bytes of an object that a program loads: neither symbols nor what is for debuggers.</summary>
/// <param name="Code">Instructions.</param>
/// <param name="Constants">What is only read, tables for unwinding among them.</param>
/// <param name="Variables">What is written, zero at first or not; addresses that a loader fills in are among them.</param>
public readonly record struct LoadedParts(long Code, long Constants, long Variables)
{
    public long All => Code + Constants + Variables;

    public static LoadedParts operator +(LoadedParts a, LoadedParts b) => new(a.Code + b.Code, a.Constants + b.Constants, a.Variables + b.Variables);

    /// <summary>A section more.</summary>
    public LoadedParts With(bool isCode, bool isVariable, long bytes) => this + (isCode ? new(bytes, 0, 0) : isVariable ? new(0, 0, bytes) : new(0, bytes, 0));
}
