using System.Diagnostics;
using System.Text.RegularExpressions;
using Lathe.Codegen;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>The way from a model file to an artifact, the same for every verb: import, passes, code.</summary>
internal sealed class ModelBuild
{
    private readonly Session session;
    private readonly CodeOptions code;
    private readonly MachineTable? table;
    private readonly Autotuner? tuner;
    private readonly List<(string Stage, TimeSpan Time)> times = [];
    private string hash = "";
    private readonly Dictionary<string, Calibration> known = new(StringComparer.Ordinal), unseen = new(StringComparer.Ordinal);

    /// <summary>How long each stage took, in order.</summary>
    public IReadOnlyList<(string Stage, TimeSpan Time)> Times => times;

    /// <exception cref="DiagnosticException">The pipeline file is faulty.</exception>
    public ModelBuild(Session session, CodeOptions code)
    {
        (this.session, this.code, Pipeline, table) = (session, code, code.Pipeline, code.Table());
        Passes = Pipeline.Run;
        Observers.AddRange(Vocabulary.Added<IPassObserver>().Where(t => t.GetConstructor([]) is not null).Select(t => (IPassObserver)Activator.CreateInstance(t)!));
        tuner = code.TuningFile() is { } file ? new(session, file) : null;
    }

    /// <summary>What a model goes through, as far as it has not been.</summary>
    public Pipeline Pipeline { get; }

    /// <summary>Its passes, ready to run.</summary>
    public Seq<Pass> Passes { get; }

    /// <summary>What data showed of the model; null where none was run.</summary>
    public Calibration? Calibration { get; private set; }

    /// <summary>The graph as compression left it in the last run; null where a run began with a program.</summary>
    public Graph? Compressed { get; private set; }

    /// <summary>What the passes of the last run decided.</summary>
    public Seq<Note> Notes { get; private set; }

    /// <summary>What compression did to weights in the last run.</summary>
    public Seq<LayerLoss> Losses { get; private set; }

    /// <summary>What compression did to states in the last run.</summary>
    public Seq<StateLoss> States { get; private set; }

    /// <summary>How long each call is expected to take, as the last run scheduled it.</summary>
    public IReadOnlyDictionary<string, Pace> Paces { get; private set; } = new Dictionary<string, Pace>();

    /// <summary>Told of each pass, beside the clock.</summary>
    public List<IPassObserver> Observers { get; } = [];

    /// <exception cref="DiagnosticException">Everything that is wrong with the model.</exception>
    public ModelSource Read(string path, Seq<(string Input, Tensor Contents)> constants = default)
    {
        session.Progress($"reading {Path.GetFileName(path)}");
        var source = Timed("import", () => ModelSource.Read(path, code.Dim, constants, code.Max));
        foreach (var warning in source.Warnings) session.Report(warning);
        hash = source.Hash;
        return source;
    }

    /// <summary>Runs the passes that the model has not been through.</summary>
    /// <param name="last">The last one that runs; null: the last there is.</param>
    /// <exception cref="UsageException">No pass is called so.</exception>
    public Module Improve(ModelSource source, CpuTarget target, string? last = null)
    {
        var (left, to) = (Left(source), last is null ? Passes.Count : PassText.Place(Passes, last) + 1);
        return Improve(source.Module, target, left[..Math.Max(0, left.Count - (Passes.Count - to))]);
    }

    public Module Improve(Module module, CpuTarget target, Seq<Pass> passes)
    {
        var compilation = Compilation(target);
        Compressed = module.Graph;
        var improved = new Runner(passes, [.. Observers, new Clock(session, times), new Keeper(graph => Compressed = graph)]).Run(module, compilation);
        foreach (var warning in compilation.Warnings) session.Report(warning);
        Notes = [.. compilation.Notes.All];
        Paces = compilation.Paces;
        Losses = [.. compilation.Losses];
        States = [.. compilation.States];
        return improved;
    }

    /// <summary>The passes that a model has not been through.</summary>
    public Seq<Pass> Left(ModelSource source) => Passes[After(Passes, source)..];

    /// <summary>What passes are told: the machine, and what the command line says of freedom and objective.</summary>
    public Compilation Compilation(CpuTarget target) => new(Machine(target), code.Exact, code.Way.Objective, code.MaxArena?.Bytes) { Calibrator = Calibrate, UnseenCalibrator = CalibrateUnseen, Watcher = Watch, Tuning = tuner?.Of(target), VerdictFolder = VerdictFolder };

    /// <summary>Where verdicts on rewrites are kept: beside the objects of this user's cache; null where nothing is kept.</summary>
    public static string? VerdictFolder => ObjectCache.OfUser() is { } cache ? Path.Combine(cache.Folder, "rewrites") : null;

    /// <summary>Kernels whose schedule was measured, and how many of them in this run; null where nothing is tuned.</summary>
    public (IReadOnlyList<TunedKernel> Used, int Measured)? Tuned => tuner?.Report;

    /// <summary>What decisions go by.</summary>
    /// <exception cref="DiagnosticException">The table that was given does not know the processor.</exception>
    public Passes.Machine Machine(CpuTarget target) => table is null ? MachineTable.Of(target) : table.Machine(target)
        ?? throw new DiagnosticException(new Diagnostic("LT4202", $"{Path.GetFileName(code.Machine)} says nothing of {target.Cpu}; it has {string.Join(", ", table.Rows.Select(row => row.Cpu))}", "", $"add a line that begins with {target.Cpu}, or measure on such a machine: lathe targets --calibrate"));

    private Calibration? Calibrate(Graph graph)
    {
        if (code.Way.Calibrate is null && !Passes.Any(pass => pass.NeedsStatistics)) return null;
        var seen = Seen(known, graph, code.Way.Calibrate);
        Calibration ??= seen;
        return seen;
    }

    private Calibration? CalibrateUnseen(Graph graph) => code.Way.Unseen is null ? null : Seen(unseen, graph, code.Way.Unseen);

    /// <summary>Of data itself only: statistics on file are of the graph that they were gathered of.</summary>
    private IReadOnlyList<Calibration> Watch(Graph graph, IReadOnlyCollection<Value> values) => [.. new[] { code.Way.Calibrate, code.Way.Unseen }.OfType<string>().Where(data => !CalibrationText.Opens(data)).Select(data => Run(graph, data, values))];

    /// <summary>What data shows of a graph, run once for each graph: levels of code share it, and a pass that changes shapes asks anew.</summary>
    /// <exception cref="DiagnosticException">LT3218: statistics on file are of the graph as it was.</exception>
    private Calibration Seen(Dictionary<string, Calibration> all, Graph graph, string? data)
    {
        var key = string.Join('\n', graph.Nodes.SelectMany(n => n.Results).Select(v => $"{v} {v.Type}"));
        if (all.TryGetValue(key, out var seen)) return seen;
        if (all.Count > 0 && data is not null && CalibrationText.Opens(data))
            throw new DiagnosticException(new Diagnostic("LT3218", $"calibration: {Path.GetFileName(data)} tells of values as they were before a pass made them smaller", "", "--calibrate the data itself: it is run again for the smaller graph"));
        return all[key] = Run(graph, data);
    }

    private Calibration Run(Graph graph, string? data, IReadOnlyCollection<Value>? only = null) => Timed("calibration", () => new CalibrationRun(session, code, hash, data, only is not null || Passes.Any(pass => pass.NeedsGrams) || code.Way.Unseen is not null).Of(graph, only));

    /// <exception cref="MissedException">The workspace takes more than is allowed.</exception>
    /// <summary>The same for levels of code, the least first; what observers see and notes say is the highest's. What is compressed is decided once, for the highest: all levels compute from the same weights.</summary>
    public IReadOnlyList<CpuProgram> Improve(ModelSource source, IReadOnlyList<CpuTarget> targets, IReadOnlyList<IPassObserver> observers)
    {
        var own = Observers.Count;
        Observers.AddRange(observers);
        var highest = new CpuProgram(targets[^1], Improve(source, targets[^1]).MustBeProgram);
        Observers.RemoveRange(own, observers.Count);
        var (compressed, notes, losses, states, paces) = (Compressed, Notes, Losses, States, Paces);
        Seq<Pass> rest = [.. Left(source).Where(pass => compressed is null || pass.Stage > Stage.Compress)];
        var lower = targets.SkipLast(1).Select(target => new CpuProgram(target, Improve(compressed is null ? source.Module : new(compressed), target, rest).MustBeProgram)).ToList();
        (Compressed, Notes, Losses, States, Paces) = (compressed, notes, losses, states, paces);
        IReadOnlyList<CpuProgram> all = [.. lower, highest];
        if (code.MaxArena is { } most && all.Select(level => ArenaLimit.Exceeded(level.Program, most.Bytes)).OfType<Diagnostic>().ToList() is { Count: > 0 } over) throw new MissedException([.. over]);
        return all;
    }

    /// <summary>A model's program with its kernels mapped to a GPU's threads.</summary>
    /// <param name="device">The generation that sizes are chosen for, where the pipeline names none.</param>
    public Lathe.Ir.Program Mapped(ModelSource source, string device) =>
        Improve(source.Module, code.Target(), [.. Left(source).Select(pass => pass is MapKernels map && map == new MapKernels() ? new MapKernels(device) : pass)]).MustBeProgram;

    /// <summary>Makes code of a program and writes the files.</summary>
    public Artifact Write(IReadOnlyList<CpuProgram> levels, ArtifactOptions options)
    {
        session.Progress($"making code of {levels.Sum(l => l.Program.Kernels.Count)} kernels for {string.Join(", ", levels.Select(l => l.Target.Cpu))}");
        return Timed("code", () => ArtifactBuilder.Write(levels, options with { Cache = ObjectCache.OfUser(), Link = code.Link }, session.Cancellation));
    }

    /// <summary>A shared library in a folder, as <c>run</c>, <c>bench</c> and <c>verify</c> need it.</summary>
    /// <returns>The library's path.</returns>
    public string Library(ModelSource source, string name, string folder)
    {
        Write(Improve(source, code.Targets(), []), new(name, folder, [Emission.Shared], Origin(source), Jobs: code.Jobs));
        return Path.Combine(folder, code.Target().System.SharedFile(name));
    }

    /// <summary>What an artifact says of where it came from.</summary>
    public Provenance Origin(ModelSource source) => new(source.Hash, $"{(code.Exact ? "exact: " : "")}{(code.Way.Objective == Objective.Size ? "size: " : "")}{(code.MaxArena is { } most ? $"max-arena {most}: " : "")}{Pipeline}", $"lathe {EntryPoint.Version}", LlvmLibrary.Version) { Inputs = [.. Inputs()] };

    /// <summary>Whether a pass of a recipe, as <see cref="Origin"/> writes it, compresses: what that does to results is meant. False where a plugin's pass is not known here.</summary>
    public static bool Compresses(string recipe)
    {
        try { return PipelineReader.ReadLine(Regex.Replace(recipe, @"\A(exact: )?(size: )?(max-arena [^:]*: )?", "")).Passes.Any(pass => pass.Stage == Stage.Compress); }
        catch (DiagnosticException) { return false; }
    }

    /// <summary>What decisions followed beside the model: files by their hashes.</summary>
    private IEnumerable<(string Name, string Hash)> Inputs()
    {
        foreach (var (plugin, file) in PluginLoader.Named) yield return ($"plugin_{plugin}", ContentHash.Of(file));
        foreach (var file in code.Link.Order(StringComparer.Ordinal)) yield return ($"link_{Path.GetFileName(file)}", ContentHash.Of(file));
        if (table is not null) yield return ("machine", table.Hash);
        if (tuner is not null) yield return ("autotune", tuner.Hash);
        if (code.Way.Calibrate is { } data && Calibration is not null) yield return ("calibration", ContentHash.Of(data));
    }

    /// <summary>The first pass that a model has not been through: the one after the last it has, or of a later stage where that is not among these.</summary>
    private static int After(Seq<Pass> all, ModelSource source)
    {
        if (PassText.Find(all, source.After) is var place and >= 0) return place + 1;
        var reached = source.After != ModelSource.Import ? PassList.All() is var known && known[PassText.Place(known, source.After)] is var pass ? pass.Stage : default
            : source.Module.Program is null ? Stage.Import : Stage.Lower;
        return all.TakeWhile(p => p.Stage <= reached).Count();
    }

    private T Timed<T>(string stage, Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        times.Add((stage, watch.Elapsed));
        return result;
    }

    /// <summary>Takes the graph after each pass up to compression.</summary>
    private sealed class Keeper(Action<Graph> keep) : IPassObserver
    {
        public void Ran(Pass pass, int number, Module module, TimeSpan time)
        {
            if (pass.Stage <= Stage.Compress && module.Graph is { } graph) keep(graph);
        }
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
