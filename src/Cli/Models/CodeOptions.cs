using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>What code is made for.</summary>
public sealed record CodeOptions(
    PassOptions Way,
    [Option("processor: host, or a name that lathe targets lists; several, with commas, are several levels of code in one library, which picks the highest that runs where it is opened", Value = "CPU,…")] string Cpu = "host",
    [Option("system, such as aarch64-linux-gnu; by default Linux on the processor's architecture")] string? Triple = null,
    [Option("make a dimension a number, or bound it", Value = "NAME=N|NAME=LOW..HIGH")] Seq<DimBinding> Dim = default,
    [Option("bound a number that a run decides, such as how many elements are not zero", Value = "NAME=N")] Seq<MaxBinding> Max = default,
    [Option("no algebra that changes how results round, such as a normalization folded into weights")] bool Exact = false,
    [Option("most bytes of workspace that a run may take; results stay the same bits, fewer threads may have work", Value = "SIZE")] ByteSize? MaxArena = null,
    [Option("kernels compiled at once; 0 is one for each core", Value = "N")] int Jobs = 0,
    [Option("what decisions follow in place of the table that comes with lathe: one that lathe targets --calibrate measured", Value = "FILE")] string? Machine = null,
    [Option("measure the schedules of each kernel that FILE does not know yet, into it, and follow the fastest in place of the cost model; without FILE one in the folder for caches. A compile with all its kernels in FILE measures nothing", Value = "FILE", Bare = "")] string? Autotune = null,
    [Option("an object to link into the artifact: it holds functions of C that operators of plugins are; may be given again", Value = "FILE.o")] Seq<string> Link = default,
    GpuOptions? Device = null)
{
    /// <summary>Which passes a model goes through; they may ask what is compiled for.</summary>
    internal PassOptions Passes => Way with { Facts = Facts };

    private TargetFacts Facts()
    {
        var target = Target();
        return new(target.Architecture.Name, target.Cpu, target.System.Name, Way.Objective, Exact);
    }

    /// <summary>Whether kernels are made for a GPU.</summary>
    internal bool IsForGpu => Device is { IsGpu: true };

    /// <summary>The passes that a model goes through, for the processor or for a GPU.</summary>
    /// <exception cref="UsageException">A device is named for code that runs on none.</exception>
    internal Pipeline Pipeline
    {
        get
        {
            Device?.Check();
            return IsForGpu ? MapKernels.Instead(Passes.Whole) : Passes.Whole;
        }
    }

    /// <summary>The tuning file that is named, or the user's own; null where none is asked for.</summary>
    /// <exception cref="UsageException">There is no folder for caches, or a model stands in the file's place.</exception>
    public string? TuningFile() => Autotune switch
    {
        null => null,
        "" => ObjectCache.OfUser() is { } cache ? Path.Combine(cache.Folder, "kernels.tune") : throw new UsageException($"--autotune: {ObjectCache.Variable} says that nothing is kept", "--autotune FILE"),
        var file when Path.GetExtension(file) is ".onnx" or ModelSource.TextEnding => throw new UsageException($"--autotune {file}: this is a model, and a tuning file would go in its place", $"write the model first: {file} --autotune, or --autotune=FILE"),
        var file => file,
    };

    /// <summary>The table that <see cref="Machine"/> names; null where none is.</summary>
    /// <exception cref="DiagnosticException">It is none.</exception>
    public MachineTable? Table() => Machine is null ? null : MachineTable.Read(File.Exists(Machine) ? File.ReadAllText(Machine) : throw InputFault.NoFile(Machine), Path.GetFileName(Machine));

    /// <summary>What a compile reads beside the model.</summary>
    public Seq<string> Files => [.. Way.Files, .. PluginLoader.Files, .. Link, .. Machine is null ? (string[])[] : [Machine], .. Autotune is { Length: > 0 } ? (string[])[Autotune] : []];

    /// <summary>Whether the code runs here as it is. Nothing is asked of LLVM where nothing is asked for: an artifact runs without it.</summary>
    public bool IsForHere => Cpu == "host" && Triple is null || Target().IsNative;

    /// <summary>The processor that decisions are made and told for: of several levels, the highest.</summary>
    /// <exception cref="UsageException">The processor or the system is unknown.</exception>
    public CpuTarget Target() => Targets()[^1];

    /// <summary>The levels of code, the least first.</summary>
    /// <exception cref="UsageException">The processor or the system is unknown, or levels cannot be told from one another.</exception>
    public IReadOnlyList<CpuTarget> Targets()
    {
        string[] names = Cpu.Split(',');
        try
        {
            if (names is [var one]) return [one == "host" && Triple is not null && TargetSystem.Of(Triple) is not null && CpuArchitecture.Of(Triple) != CpuTarget.Host.Architecture ? CpuTarget.OfTriple(Triple) : CpuTarget.Parse(one, Triple)];
            var all = names.Select(name => CpuTarget.Parse(name.Trim(), Triple)).OrderBy(target => CpuCheck.Needs(target).Count).ToList();
            if (all.Find(target => !CpuCheck.Asks(target)) is { } other) throw new UsageException($"--cpu {Cpu}: only x86_64 says what it has while code runs, {other.Cpu} is of {other.Architecture.Name}", "give one processor for each library");
            foreach (var (lower, higher) in all.Zip(all.Skip(1)))
                if (CpuCheck.Needs(lower).Except(CpuCheck.Needs(higher)).ToList() is var lost && (lost.Count > 0 || CpuCheck.Needs(lower).Count == CpuCheck.Needs(higher).Count))
                    throw new UsageException($"--cpu {Cpu}: {higher.Cpu} is no level above {lower.Cpu}: {(lost.Count > 0 ? $"it lacks {string.Join(", ", lost)}" : "both have the same instructions")}", "levels rise: --cpu=x86-64-v2,x86-64-v3,x86-64-v4");
            return all;
        }
        catch (ArgumentException e) { throw new UsageException(e.Message, "lathe targets lists what code can be made for"); }
    }
}
