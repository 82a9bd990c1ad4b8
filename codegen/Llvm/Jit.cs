using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLVMSharp.Interop;

namespace Lathe.Codegen.Llvm;

/// <summary>Objects loaded into this process as one program. They see each other, what is defined here, and the process's own libraries.</summary>
public sealed unsafe class Jit : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<string> reports = [];
    private readonly GCHandle reportsHandle;
    private readonly LLVMOrcOpaqueLLJIT* session;
    private readonly LLVMOrcOpaqueJITDylib* program;
    private readonly LLVMOrcOpaqueResourceTracker* tracker;
    private bool disposed;

    /// <exception cref="ToolMissingException">LLVM is not here.</exception>
    public Jit()
    {
        CpuTarget.Host.Architecture.Initialise();
        LLVMOrcOpaqueLLJIT* created;
        Check(LLVM.OrcCreateLLJIT(&created, null));
        session = created;
        reportsHandle = GCHandle.Alloc(reports);
        LLVM.OrcExecutionSessionSetErrorReporter(LLVM.OrcLLJITGetExecutionSession(session), &Report, (void*)GCHandle.ToIntPtr(reportsHandle));
        program = LLVM.OrcLLJITGetMainJITDylib(session);
        tracker = LLVM.OrcJITDylibCreateResourceTracker(program);
        LLVMOrcOpaqueDefinitionGenerator* process;
        Check(LLVM.OrcCreateDynamicLibrarySearchGeneratorForProcess(&process, LLVM.OrcLLJITGetGlobalPrefix(session), null, null));
        LLVM.OrcJITDylibAddGenerator(program, process);
    }

    /// <summary>Gives a symbol an address, such as that of mapped weights; they must stay there until this is disposed.</summary>
    /// <exception cref="LlvmException">The symbol has one already.</exception>
    public void Define(string symbol, nint address)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            using var name = new MarshaledString(symbol);
            LLVMOrcCSymbolMapPair pair = default;
            pair.Name = LLVM.OrcLLJITMangleAndIntern(session, name);
            pair.Sym.Address = (ulong)address;
            pair.Sym.Flags.GenericFlags = (byte)(LLVMJITSymbolGenericFlags.LLVMJITSymbolGenericFlagsExported | LLVMJITSymbolGenericFlags.LLVMJITSymbolGenericFlagsCallable);
            var definition = LLVM.OrcAbsoluteSymbols(&pair, 1);
            var error = LLVM.OrcJITDylibDefine(program, definition);
            if (error == null) return;
            LLVM.OrcDisposeMaterializationUnit(definition);
            Check(error);
        }
    }

    /// <summary>Adds a relocatable object; it is linked at the first <see cref="Lookup"/> of one of its symbols.</summary>
    /// <exception cref="LlvmException">It is no object, or defines a symbol a second time.</exception>
    public void Add(ReadOnlySpan<byte> obj)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            using var name = new MarshaledString("object");
            fixed (byte* start = obj)
            {
                var buffer = LLVM.CreateMemoryBufferWithMemoryRangeCopy((sbyte*)start, (nuint)obj.Length, name);
                Check(LLVM.OrcLLJITAddObjectFileWithRT(session, tracker, buffer));
            }
        }
    }

    /// <summary>The address of a symbol, ready to be called.</summary>
    /// <exception cref="LlvmException">It is not defined, or needs symbols that are not; the message names them.</exception>
    public nint Lookup(string symbol)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            using var name = new MarshaledString(symbol);
            ulong address;
            Check(LLVM.OrcLLJITLookup(session, &address, name));
            return (nint)address;
        }
    }

    /// <summary>Unloads the code: no address looked up here may be used any more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            var removed = LLVM.OrcResourceTrackerRemove(tracker);
            LLVM.OrcReleaseResourceTracker(tracker);
            var error = LLVM.OrcDisposeLLJIT(session);
            reportsHandle.Free();
            Check(removed);
            Check(error);
        }
    }

    /// <summary>The session reports which symbol is missing; the error itself only says which function was not made.</summary>
    private void Check(LLVMOpaqueError* error)
    {
        if (error == null) return;
        var message = string.Join("; ", [.. reports, NativeText.Take(error)]);
        reports.Clear();
        throw new LlvmException("jit", message);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Report(void* context, LLVMOpaqueError* error) =>
        ((List<string>)GCHandle.FromIntPtr((nint)context).Target!).Add(NativeText.Take(error));
}
