using Lathe.Codegen.Llvm;

namespace Lathe.Codegen.Package;

/// <summary>The thread pool that <c>--pool</c> links into an artifact; ThreadPool.ll says how it works.</summary>
public static class ThreadPool
{
    /// <summary>The one symbol a pool offers; it has the signature of <c>lathe_host.parallel_for</c> and ignores <c>user</c>.</summary>
    public static string ParallelFor(string prefix) => prefix + "_parallel_for";

    /// <summary>A module of LLVM assembly. Needs libc only. For libraries and programs: a JIT runs nothing at the end, and its threads would outlive their code.</summary>
    /// <param name="prefix">The model's name, a C identifier: two models in one program have a pool each.</param>
    public static string Text(string prefix, CpuArchitecture architecture) => EmbeddedText.Read("ThreadPool.ll")
        .Replace("PREFIX", prefix, StringComparison.Ordinal)
        .Replace("PAUSE", $"call void asm sideeffect \"{architecture.Pause}\", \"\"()", StringComparison.Ordinal);
}
