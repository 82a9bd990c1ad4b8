using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;

namespace Lathe.Codegen.Remote;

/// <summary>The program that a <see cref="RemoteProcess"/> talks to, made for a Linux of another processor; Serve.ll says what it does.</summary>
public static class RemoteProgram
{
    /// <summary>Writes it, ready to run.</summary>
    /// <exception cref="ToolMissingException">No linker for the architecture is here.</exception>
    public static void Write(CpuTarget target, string path)
    {
        var abi = LinuxAbi.Of(target.Architecture);
        var plain = CpuTarget.OfTriple(target.Triple);
        var obj = new Assembler(plain).ToObject(EmbeddedText.Read("Serve.ll").Replace("START", abi.Start, StringComparison.Ordinal), "serve");
        var scratch = Directory.CreateTempSubdirectory("lathe-serve-").FullName;
        try
        {
            var file = Path.Combine(scratch, "serve.o");
            File.WriteAllBytes(file, obj);
            Linker.Program([file], path, abi.Loader);
        }
        finally { Directory.Delete(scratch, recursive: true); }
    }
}
