using System.Diagnostics;
using Lathe.Codegen;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Onnx;
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
    public ImportResult Import(string path)
    {
        session.Progress($"reading {Path.GetFileName(path)}");
        var import = Timed("import", () => OnnxModel.Load(path, new ImportOptions(code.Dim)));
        foreach (var warning in import.Warnings) session.Report(warning);
        return import;
    }

    /// <summary>Runs the passes up to one of them, that one included.</summary>
    /// <param name="last">Its name; null: all of them.</param>
    public Module Improve(Graph graph, CpuTarget target, string? last = null)
    {
        Seq<Pass> all = PassList.All();
        if (last is not null) all = all.Slice(0, 1 + Place(all, last));
        Observers.Add(new Clock(session, times));
        return new Runner(all, [.. Observers]).Run(new(graph), new Compilation(MachineTable.Of(target)));
    }

    /// <summary>Makes code of a program and writes the files.</summary>
    public Lathe.Codegen.Package.Artifact Write(Program program, ArtifactOptions options)
    {
        session.Progress($"making code of {program.Kernels.Count} kernels for {options.Target.Cpu}");
        var artifact = Timed("code", () => ArtifactBuilder.Write(program, options));
        session.Cancellation.ThrowIfCancellationRequested();
        return artifact;
    }

    /// <summary>A shared library in a folder, as <c>run</c>, <c>bench</c> and <c>verify</c> need it.</summary>
    /// <returns>The library's path.</returns>
    public string Library(string path, string folder) => Library(Import(path), ModelPath.NameOf(path), folder);

    /// <returns>The library's path.</returns>
    public string Library(ImportResult import, string name, string folder)
    {
        var target = code.Target();
        var program = Improve(import.Graph, target).MustBeProgram;
        Write(program, new(name, folder, target, [Emission.Shared], Origin(import), Jobs: code.Jobs));
        return Path.Combine(folder, $"lib{name}.so");
    }

    /// <summary>What an artifact says of where it came from.</summary>
    public static Provenance Origin(ImportResult import) => new(import.Info.Hash, string.Join(", ", PassList.All().Select(p => p.Name)), $"lathe {EntryPoint.Version}", LlvmLibrary.Version);

    /// <exception cref="UsageException">No pass is called so.</exception>
    public static int Place(Seq<Pass> passes, string name)
    {
        var place = passes.ToList().FindIndex(p => p.Name == name);
        return place >= 0 ? place : throw new UsageException($"there is no pass '{name}'", Spelling.Nearest(name, passes.Select(p => p.Name)) is { } nearest ? $"the nearest is {nearest}" : "lathe passes lists them");
    }

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
