namespace LLVMSharp.Interop;

// What LLVM's handles point at. Only ever behind a pointer; nothing is known of the inside.

public struct LLVMOpaqueContext;

public struct LLVMOpaqueModule;

public struct LLVMOpaqueMemoryBuffer;

public struct LLVMOpaqueDiagnosticInfo;

public struct LLVMOpaqueError;

public struct LLVMTarget;

public struct LLVMOpaqueTargetMachine;

public struct LLVMOpaqueTargetData;

public struct LLVMOpaquePassBuilderOptions;

public struct LLVMOrcOpaqueLLJIT;

public struct LLVMOrcOpaqueLLJITBuilder;

public struct LLVMOrcOpaqueExecutionSession;

public struct LLVMOrcOpaqueJITDylib;

public struct LLVMOrcOpaqueResourceTracker;

public struct LLVMOrcOpaqueSymbolStringPoolEntry;

public struct LLVMOrcOpaqueMaterializationUnit;

public struct LLVMOrcOpaqueDefinitionGenerator;
