namespace Lathe.Codegen.Llvm;

/// <summary>What a relocatable object offers to others and asks of them, in the order of its symbol table, by their names in C.</summary>
/// <param name="Defined">Names other objects may use.</param>
/// <param name="Undefined">Names another object or library must bring.</param>
public sealed record ObjectSymbols(CpuArchitecture Architecture, IReadOnlyList<string> Defined, IReadOnlyList<string> Undefined);
