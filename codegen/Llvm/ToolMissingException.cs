namespace Lathe.Codegen.Llvm;

/// <summary>Something of the machine's own is absent (LLVM, a linker); the message says what was looked for and how to get it.</summary>
public sealed class ToolMissingException(string message) : Exception(message);
