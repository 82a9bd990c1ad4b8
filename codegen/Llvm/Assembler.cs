using Lathe.Ir;
using LLVMSharp.Interop;
using Encoding = System.Text.Encoding;

namespace Lathe.Codegen.Llvm;

/// <summary>Turns LLVM assembly into machine code for one processor. Keeps no state: any number of threads may use one.</summary>
/// <remarks>
/// The same text, name and target give the same bytes. Code is position-independent; data of other objects (weights) should be declared
/// <c>external</c> with default visibility: the address then goes through the global offset table, which reaches anything a JIT binds,
/// and a linker that sees a hidden definition turns it back into a direct address.
/// </remarks>
/// <param name="target">The processor; overrides what the text says.</param>
/// <param name="pipeline">LLVM's passes, in the form of <c>opt -passes</c>.</param>
public sealed class Assembler(CpuTarget target, string pipeline = "default<O3>")
{
    public CpuTarget Target => target;
    public string Pipeline => pipeline;

    /// <summary>A relocatable object.</summary>
    /// <param name="ir">LLVM assembly.</param>
    /// <param name="name">What the module is called in the object's symbols and in messages; no path.</param>
    /// <exception cref="LlvmException">The text is faulty.</exception>
    public byte[] ToObject(string ir, string name) => Compile(ir, name).Bytes;

    /// <summary>The same, and what its functions take of the stack.</summary>
    /// <exception cref="LlvmException">The text is faulty.</exception>
    public ObjectCode Compile(string ir, string name)
    {
        using var module = Optimise(ir, name);
        var functions = CallGraph.Of(module.Print());
        var bytes = module.Emit(LLVMCodeGenFileType.LLVMObjectFile);
        return new(bytes, StackFrames.Of(target, functions, module.Frames, bytes));
    }

    /// <summary>The listing of what <see cref="ToObject"/> makes.</summary>
    /// <exception cref="LlvmException">The text is faulty.</exception>
    public string ToAssembly(string ir, string name)
    {
        using var module = Optimise(ir, name);
        return Encoding.UTF8.GetString(module.Emit(LLVMCodeGenFileType.LLVMAssemblyFile));
    }

    /// <summary>LLVM assembly after the passes.</summary>
    /// <exception cref="LlvmException">The text is faulty.</exception>
    public string Optimised(string ir, string name)
    {
        using var module = Optimise(ir, name);
        return module.Print();
    }

    private LlvmModule Optimise(string ir, string name)
    {
        var module = new LlvmModule(ir, name, target);
        try
        {
            module.Optimise(pipeline);
            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }
}
