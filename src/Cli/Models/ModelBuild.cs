using System.Diagnostics;
using Lathe.Codegen;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>The way from a model file to an artifact, the same for every verb: import, passes, code.</summary>
internal sealed class ModelBuild(Session session, CodeOptions code)
{
    private readonly List<(string Stage, TimeSpan Time)> times = [];

    /// <summary>How long each stage took, in order.</summary>
    public IReadOnlyList<(string Stage, TimeSpan Time)> Times => times;

    /// <summary>Told of each pass, beside the clock.</summary>
    public List<IPassObserver> Observers { get; } = [];

    /// <exception cref="DiagnosticException">Everything that is wrong with the model.</exception>
    public ModelSource Read(string path, Seq<(string Input, Tensor Contents)> constants = default)
    {
        session.Progress($"reading {Path.GetFileName(path)}");
        var source = Timed("import", () => ModelSource.Read(path, code.Dim, constants));
        foreach (var warning in source.Warnings) session.Report(warning);
        return source;
    }

    /// <summary>Runs the passes that the model has not been through.</summary>
    /// <param name="last">The last one that runs; null: the last there is.</param>
    /// <exception cref="UsageException">No pass is called so.</exception>
    public Module Improve(ModelSource source, CpuTarget target, string? last = null)
    {
        Seq<Pass> all = PassList.All();
        var (from, to) = (After(all, source.After), last is null ? all.Count : After(all, last));
        return Improve(source.Module, target, from >= to ? [] : all.Slice(from, to - from));
    }

    public Module Improve(Module module, CpuTarget target, Seq<Pass> passes) => new Runner(passes, [.. Observers, new Clock(session, times)]).Run(module, new Compilation(MachineTable.Of(target), code.Exact));

    /// <summary>Makes code of a program and writes the files.</summary>
    public Artifact Write(Program program, ArtifactOptions options)
    {
        session.Progress($"making code of {program.Kernels.Count} kernels for {options.Target.Cpu}");
        var artifact = Timed("code", () => ArtifactBuilder.Write(program, options, session.Cancellation));
        return artifact;
    }

    /// <summary>A shared library in a folder, as <c>run</c>, <c>bench</c> and <c>verify</c> need it.</summary>
    /// <returns>The library's path.</returns>
    public string Library(ModelSource source, string name, string folder)
    {
        var target = code.Target();
        Write(Improve(source, target).MustBeProgram, new(name, folder, target, [Emission.Shared], Origin(source), Jobs: code.Jobs));
        return Path.Combine(folder, $"lib{name}.so");
    }

    /// <summary>What an artifact says of where it came from.</summary>
    public Provenance Origin(ModelSource source) => new(source.Hash, (code.Exact ? "exact: " : "") + string.Join(", ", PassList.All().Select(p => p.Name)), $"lathe {EntryPoint.Version}", LlvmLibrary.Version);

    private static int After(Seq<Pass> all, string pass) => pass == ModelSource.Import ? 0 : PassText.Place(all, pass) + 1;

    private T Timed<T>(string stage, Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        times.Add((stage, watch.Elapsed));
        return result;
    }

    /// <summary>Keeps the time of each pass, shows which one ended, and stops between two when asked to.</summary>
    private sealed class Clock(Session session, List<(string, TimeSpan)> times) : IPassObserver
    {
        public void Ran(Pass pass, int number, Module module, TimeSpan time)
        {
            times.Add((pass.Name, time));
            session.Progress($"{pass.Name} took {Quantity.Milliseconds(time.TotalMilliseconds)}");
        }
    }
}
