using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using LLVMSharp.Interop;

namespace Lathe.Codegen.Llvm;

/// <summary>One text of LLVM assembly on its way to a machine, in a context and with a target machine of its own.</summary>
internal sealed unsafe partial class LlvmModule : IDisposable
{
    private readonly string name;
    private readonly Machine machine;
    private readonly Heard heard = new([], []);
    private readonly GCHandle heardHandle;
    private LLVMContextRef context;
    private LLVMModuleRef module;

    /// <exception cref="LlvmException">The text is not LLVM assembly, or breaks its rules.</exception>
    public LlvmModule(string source, string name, CpuTarget target)
    {
        this.name = name;
        machine = new Machine(target);
        context = LLVMContextRef.Create();
        heardHandle = GCHandle.Alloc(heard);
        // Without a handler LLVM ends the process at the first error of code generation.
        LLVM.ContextSetDiagnosticHandler(context, &Collect, (void*)GCHandle.ToIntPtr(heardHandle));
        try
        {
            Read(source);
            machine.Claim(module);
            Verify();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs a pipeline of LLVM's. Unrolling, as vectors, is the schedule's business (see <see cref="LlvmLibrary"/>).</summary>
    public void Optimise(string pipeline)
    {
        using var options = LLVMPassBuilderOptionsRef.Create();
        options.SetLoopUnrolling(false);
        using var passes = new MarshaledString(pipeline);
        var error = LLVM.RunPasses(module, passes, machine.Handle, options);
        if (error != null) throw new LlvmException(name, NativeText.Take(error));
        ThrowIfFailed();
    }

    /// <summary>Makes machine code. The module is changed by it and good for nothing more.</summary>
    public byte[] Emit(LLVMCodeGenFileType kind)
    {
        sbyte* message = null;
        LLVMOpaqueMemoryBuffer* buffer = null;
        var failed = LLVM.TargetMachineEmitToMemoryBuffer(machine.Handle, module, kind, &message, &buffer) != 0;
        if (failed) throw new LlvmException(name, NativeText.Take(message));
        var bytes = new ReadOnlySpan<byte>(LLVM.GetBufferStart(buffer), checked((int)LLVM.GetBufferSize(buffer))).ToArray();
        LLVM.DisposeMemoryBuffer(buffer);
        ThrowIfFailed();
        return bytes;
    }

    /// <summary>Bytes of the frames of functions that were emitted, saved registers included.</summary>
    public IReadOnlyDictionary<string, long> Frames => heard.Frames;

    public string Print() => module.PrintToString();

    public void Dispose()
    {
        module.Dispose();
        context.Dispose();
        machine.Dispose();
        heardHandle.Free();
    }

    private void Read(string source)
    {
        var bytes = Encoding.UTF8.GetBytes(source);
        using var nativeName = new MarshaledString(name);
        LLVMOpaqueModule* result = null;
        sbyte* message = null;
        fixed (byte* start = bytes)
        {
            var buffer = LLVM.CreateMemoryBufferWithMemoryRangeCopy((sbyte*)start, (nuint)bytes.Length, nativeName);
            if (LLVM.ParseIRInContext(context, buffer, &result, &message) != 0) throw LlvmException.OfSource(name, NativeText.Take(message), source);
        }
        module = result;
        LLVM.SetSourceFileName(module, nativeName, (nuint)nativeName.Length);
    }

    private void Verify()
    {
        sbyte* message = null;
        var broken = LLVM.VerifyModule(module, LLVMVerifierFailureAction.LLVMReturnStatusAction, &message) != 0;
        var text = NativeText.Take(message);
        if (!broken) return;
        // The rule in words, then the values that break it, one a line.
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        throw new LlvmException(name, lines[0], 0, string.Join("\n", lines[1..]));
    }

    private void ThrowIfFailed()
    {
        if (heard.Errors.Count > 0) throw new LlvmException(name, string.Join("\n", heard.Errors));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Collect(LLVMOpaqueDiagnosticInfo* information, void* context)
    {
        var heard = (Heard)GCHandle.FromIntPtr((nint)context).Target!;
        switch (LLVM.GetDiagInfoSeverity(information))
        {
            case LLVMDiagnosticSeverity.LLVMDSError: heard.Errors.Add(NativeText.Take(LLVM.GetDiagInfoDescription(information))); break;
            case LLVMDiagnosticSeverity.LLVMDSRemark when FrameRemark().Match(NativeText.Take(LLVM.GetDiagInfoDescription(information))) is { Success: true } frame:
                heard.Frames[frame.Groups[2].Value] = long.Parse(frame.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
                break;
        }
    }

    /// <summary>What LLVM's pass prologepilog says of every function that it lays out (llvm/lib/CodeGen/PrologEpilogInserter.cpp).</summary>
    [GeneratedRegex(@"(\d+) stack bytes in function '(.*)'$", RegexOptions.Singleline)]
    private static partial Regex FrameRemark();

    /// <summary>What LLVM said so far.</summary>
    private sealed record Heard(List<string> Errors, Dictionary<string, long> Frames);
}
