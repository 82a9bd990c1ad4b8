namespace Lathe.Codegen.Llvm;

/// <summary>A name for a place in an object's data.</summary>
/// <param name="Offset">Bytes from the start of the data.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hidden">Seen by the objects of one library only, never from outside it.</param>
public sealed record ElfSymbol(string Name, long Offset, long Size, bool Hidden = true);
