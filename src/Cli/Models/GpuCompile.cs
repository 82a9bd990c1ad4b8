using System.Diagnostics;
using Lathe.Codegen.Gpu;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;

namespace Lathe.Cli;

/// <summary>Writes what a model's kernels are for a GPU. No device is asked for.</summary>
internal static class GpuCompile
{
    private static readonly Emission[] Writes = [Emission.Csharp, Emission.Ptx, Emission.Opencl];

    /// <param name="name">Prefix of the files.</param>
    /// <param name="emit">What to write; nothing: C#.</param>
    /// <returns>What was done, as text.</returns>
    public static string Write(Session session, CodeOptions code, string path, string name, string folder, Seq<Emission> emit)
    {
        if (emit.Where(e => !Writes.Contains(e)).ToList() is { Count: > 0 } other)
            throw new UsageException($"--emit={string.Join(',', other.Select(e => e.ToString().ToLowerInvariant()))}: of a model for a GPU there is none", $"--emit={string.Join(',', Writes.Select(e => e.ToString().ToLowerInvariant()))}");
        if (code.Device?.GpuMemory is { } most) throw new UsageException($"--gpu-memory={most}: no device is asked for when kernels are written", "lathe run and bench take it");
        var watch = Stopwatch.StartNew();
        var build = new ModelBuild(session, code);
        var source = build.Read(path);
        Directory.CreateDirectory(folder);
        var files = new List<string>();
        void Save(string ending, string text)
        {
            files.Add(Path.Combine(folder, name + ending));
            OutputFile.Write(files[^1], text);
        }
        var kernels = 0;
        Lathe.Ir.Program Mapped(string device)
        {
            var program = build.Mapped(source, device);
            kernels = Math.Max(kernels, program.Kernels.Count);
            return program;
        }
        if (emit.Count == 0 || emit.Contains(Emission.Csharp)) Save(".cs", ProgramSource.CSharp(Mapped("any")).Text);
        if (emit.Contains(Emission.Opencl)) Save(".cl", ProgramSource.OpenclC(Mapped("any")).Text);
        if (emit.Contains(Emission.Ptx))
            foreach (var processor in code.Device!.Processors) Save($".{processor}.ptx", new PtxSource(Mapped(processor), processor).Text());
        return $"{name}: {kernels} kernels for a GPU in {Quantity.Milliseconds(watch.Elapsed.TotalMilliseconds)}\n{string.Concat(files.Select(file => $"  {file}\n"))}";
    }
}
