using System.Diagnostics;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Onnx;
using Lathe.Passes;
using Lathe.Passes.Checking;
using Lathe.Runtime;

namespace Lathe.Cli.Verbs;

[Description("makes a native library of a model")]
[Example("lathe compile digits.onnx -o out", "libdigits.so, its header and its contract for this machine")]
[Example("lathe compile digits.onnx -o out --emit=static,header --cpu=x86-64-v3", "a static library for any processor with AVX2")]
[Example("lathe compile words.onnx -o words.lathe", "a model with text, sequences or maps, for Lathe.Runtime")]
[Example("lathe compile digits.onnx -o out --dump-ir dumps", "every step of the way as text")]
[Example("lathe compile speech.onnx -o out --dim batch=1 --dim frames=1..1024", "one dimension fixed, one left open")]
public sealed record Compile(
    [Argument("MODEL", "an .onnx file, a folder with model.onnx, or textual IR (.lir)")] string Model,
    [Option("folder for the files; made if it is not there. A name that ends in .lathe: one package of compiled parts and of what the host does around them, which Lathe.Runtime and lathe run open", "-o", Value = "DIR|FILE.lathe")] string OutputDir,
    CodeOptions Code,
    DumpOptions Dump,
    ItemOptions Items,
    ClaimOptions Claim,
    OutputOptions Made,
    [Option("say nothing when all went well", "-q")] bool Quiet = false,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    // What a compile writes is said in one group of options, which passes --print takes too.
    private string? Name => Made.Name;
    private Seq<Emission> Emit => Made.Emit;
    private bool OnnxDecode => Made.OnnxDecode;
    private WeightChoice? Weights => Made.Weights;
    private bool Pool => Made.Pool;
    private string? Sign => Made.Sign;
    private bool Debug => Made.Debug;

    private static readonly Seq<Emission> Usual = [Emission.Shared, Emission.Header, Emission.Contract];

    public override ExitCode Execute(Session session)
    {
        var path = ModelPath.Resolve(Model);
        var name = Name ?? ModelPath.NameOf(path);
        if (ModelInterface.Identifier(name) != name) throw new UsageException($"--name {name}: functions are called after it, so it must be a C identifier", $"--name {ModelInterface.Identifier(name)}");
        // A key that cannot sign is found before anything is compiled.
        if (Sign is not null) ArtifactSignature.Of([], File.Exists(Sign) ? File.ReadAllText(Sign) : throw InputFault.NoFile(Sign));
        if (Code.IsForGpu)
        {
            if (PackageBuild.IsPackage(OutputDir)) throw new UsageException($"{OutputDir}: a package holds libraries for processors", "name a folder, -o DIR");
            var told = GpuCompile.Write(session, Code with { Way = Code.Way with { Items = Items } }, path, name, OutputDir, Emit);
            if (!Quiet) session.Output.Write(told);
            return ExitCode.Done;
        }
        if (Emit.Where(e => e is Emission.Csharp or Emission.Ptx or Emission.Opencl).ToList() is [var ofGpu, ..]) throw new UsageException($"--emit={ofGpu.ToString().ToLowerInvariant()} is of kernels for a GPU", $"--target=gpu --emit={ofGpu.ToString().ToLowerInvariant()}");
        var targets = Code.Targets();
        var target = targets[^1];
        if (Code.Cpu != "host" && target.Cpu == target.Architecture.DefaultCpu)
            session.Report(new("LT4002", $"code for {target.Cpu} runs everywhere on {target.Architecture.Name} and slowly: it uses none of what later processors have", "", target.Architecture == CpuArchitecture.X86 ? "--cpu=x86-64-v3 fits nearly every PC and server since 2015" : $"lathe targets lists later processors of {target.Architecture.Name}", Severity.Warning));

        if (Code.Device?.Foreign is { } foreign) return Foreign(session, path, name, target, foreign);
        if (PackageBuild.IsPackage(OutputDir)) return Package(session, path, name);
        Check(target.System);
        var evaluation = Claim.Read();
        var (watch, cache) = (Stopwatch.StartNew(), Cache(session, path, name, targets));
        if (cache?.Restore(OutputDir) is { } kept) return Told(session, path, kept, watch);
        var before = session.Reported.Count;
        var build = new ModelBuild(session, Code with { Way = Code.Way with { Items = Items } });
        var source = build.Read(path);
        var check = Made.VerifyEach == VerifyEach.Values ? new ValueCheck(source.Module, InputFiles.Read(source.Inputs, [], ImageOptions.Default, 0, Code.Dim), ValueRunner.For(source.Module), new()) : null;
        var trail = Emit.Contains(Emission.Report) ? new Seeing.PassTrail(source.Module) : null;
        List<IPassObserver> observers = [.. trail is null ? [] : (IPassObserver[])[trail], Dump.Observer(session.Output, source, build.Passes), .. check is null ? [] : (IPassObserver[])[check]];
        if (Dump.StopAfter is not null)
        {
            build.Observers.AddRange(observers);
            build.Improve(source, target, Dump.StopAfter);
        }
        var levels = Dump.StopAfter is null ? build.Improve(source, targets, observers) : [];
        if (check?.Fault is { } fault)
        {
            session.Report(new("LT4101", fault.ToString(), name, $"lathe bisect {Model} finds the smallest part that shows it; this is a bug of the tool, or of a plugin"));
            return ExitCode.Missed;
        }
        if (levels.Count == 0) return ExitCode.Done;
        var program = levels[^1].Program;
        // What ONNX cannot say is refused before anything is written.
        var plain = Emit.Contains(Emission.Onnx) ? PlainGraph.Of(build.Compressed ?? throw new UsageException("--emit=onnx: this is a program already, ONNX has none", "start from the model, or from text of a graph"), OnnxDecode, session.Report) : null;
        bool? inFile = Weights is null ? null : Weights == WeightChoice.File;
        var origin = build.Origin(source);
        if (evaluation is not null) origin = origin with { Accuracy = Measured(session, build, levels, origin, evaluation, path, name) };
        var artifact = build.Write(levels, new(name, OutputDir, Emit.Count == 0 ? Usual : Emit, origin, inFile, Pool, Code.Jobs, Debug ? Companions.Places(name, build, source, program) : null));
        var report = new CompileReport(name, string.Join(", ", targets.Select(t => t.Cpu)), program, artifact, build.Times, CompressionReport.Of(build), Tuned: build.Tuned);
        report = report with { Beside = new Companions(name, OutputDir, build, source, program, plain, trail, target, Settings).Write(Debug ? [.. Emit, Emission.Ir] : Emit, report) };
        if (session.Reported.Count == before) cache?.Keep(artifact.Files, report.Beside, source.Files.Skip(1), report.Kept);
        WriteSignature(name, artifact.Files);
        WriteRule(name, artifact.Files.Concat(report.Beside), source.Files.Concat(evaluation?.Watched ?? []));
        if (!Quiet || Json) session.Output.Write(Json ? report.Json() : report.Text());
        return ExitCode.Done;
    }

    /// <summary>What the artifact does on data: a library of the same kernels, which are in the cache of objects for the one that is written.</summary>
    /// <exception cref="MissedException">It loses more than it may.</exception>
    private AccuracyClaim Measured(Session session, ModelBuild build, IReadOnlyList<CpuProgram> levels, Provenance origin, EvaluationFile evaluation, string path, string name)
    {
        session.Progress($"measuring {name} on {Path.GetFileName(evaluation.Path)}");
        using var folder = new TemporaryFolder();
        build.Write(levels, new(name, folder.Path, [Emission.Shared], origin, Jobs: Code.Jobs));
        var claim = new AccuracyTrial(session, evaluation).Of(Path.Combine(folder.Path, levels[^1].Target.System.SharedFile(name)), path, Code);
        Claim.Check(claim, name);
        return claim;
    }

    /// <summary>Signs what was written; where that is not asked for, no signature of before stays.</summary>
    private void WriteSignature(string name, IEnumerable<string> files)
    {
        var file = Path.Combine(OutputDir, name + ArtifactSignature.Ending);
        if (Sign is not null) OutputFile.Write(file, ArtifactSignature.Of(files, File.ReadAllText(Sign)));
        else if (File.Exists(file)) File.Delete(file);
    }

    private void WriteRule(string name, IEnumerable<string> made, IEnumerable<string> from)
    {
        if (Made.Depend || Made.DependFile is not null || Made.DependTarget is not null)
            OutputFile.Write(Made.DependFile ?? Path.Combine(OutputDir, name + ".d"), DependencyRule.Print(Made.DependTarget is null ? made : [Made.DependTarget], from.Concat(Code.Files)));
    }

    /// <summary>The options as a file in the output folder says them.</summary>
    private Seq<Setting> Settings => PipelineWords.Beside(Given, OutputDir);

    /// <summary>What emissions are files that a cache may keep: others write beside what they list, or are there to be looked at.</summary>
    private static readonly HashSet<Emission> Keepable = [Emission.Shared, Emission.Static, Emission.Object, Emission.Header, Emission.Contract, Emission.Python, Emission.Javascript, Emission.Pipeline];

    /// <summary>Where this compile may lie; null where more than the model and the options decides, or something is to be seen on the way.</summary>
    private CompileCache? Cache(Session session, string path, string name, IReadOnlyList<CpuTarget> targets) =>
        Path.GetExtension(path) != ".onnx" || Debug || Made.VerifyEach != VerifyEach.Structure || Dump != new DumpOptions() || !Emit.All(Keepable.Contains)
            || Code.Autotune is not null || PluginLoader.Files.Count > 0 || Code.Link.Count > 0 || Code.Machine is { } table && !File.Exists(table) || Code.Way.Calibrate is not null || Code.Way.Unseen is not null || Claim.Evaluate is not null ? null
        : CompileCache.Of(session.Compiles, path, OptionKey.Of(this with { Model = "", OutputDir = "", Made = Made with { Name = name, Sign = null, Depend = false, DependFile = null, DependTarget = null }, Code = Code with { Jobs = 0, Machine = null }, Quiet = false, Json = false }),
            (Code.Pipeline with { Settings = Emit.Contains(Emission.Pipeline) ? Settings : [] }).Print(), Code.Machine is null ? "" : ContentHash.Of(Code.Machine), string.Join('\n', targets.Select(t => $"{t.Triple} {t.Cpu} {t.Features}")));

    /// <summary>What is said of a compile that was kept.</summary>
    private ExitCode Told(Session session, string path, KeptCompile kept, Stopwatch watch)
    {
        List<string> In(KeptFile[] files) => [.. files.Select(f => Path.Combine(OutputDir, f.Name))];
        List<string> files = [.. In(kept.Files), .. In(kept.Beside)];
        WriteSignature(Name ?? ModelPath.NameOf(path), In(kept.Files));
        WriteRule(Name ?? ModelPath.NameOf(path), files, [path, .. kept.External.Select(f => Path.Combine(Path.GetDirectoryName(path) ?? "", f.Name))]);
        if (Quiet && !Json) return ExitCode.Done;
        session.Output.Write(Json ? CompileReport.Json(kept.Report, [("kept", watch.Elapsed)], files) : CompileReport.Print(kept.Report, $"{Quantity.Milliseconds(watch.Elapsed.TotalMilliseconds)}: all as it was compiled before, LATHE_CACHE=off compiles again", files));
        return ExitCode.Done;
    }

    /// <exception cref="UsageException">No plugin has such a target.</exception>
    private ExitCode Foreign(Session session, string path, string name, CpuTarget machine, string target)
    {
        var writer = PluginTargets.Find(target);
        var build = new ModelBuild(session, Code with { Way = Code.Way with { Items = Items }, Device = null });
        var source = build.Read(path);
        build.Observers.Add(Dump.Observer(session.Output, source, build.Passes));
        var program = build.Improve(source.Module, machine, [.. build.Left(source).TakeWhile(pass => pass.Stage <= writer.After)]).MustBeProgram;
        Directory.CreateDirectory(OutputDir);
        foreach (var (file, contents) in writer.Write(program, name)) OutputFile.Write(Path.Combine(OutputDir, file), contents);
        return ExitCode.Done;
    }

    /// <exception cref="UsageException">An option does not go with a package.</exception>
    private ExitCode Package(Session session, string path, string name)
    {
        (string Option, bool IsGiven)[] others = [("--emit", Emit.Count > 0), ("--onnx-decode", OnnxDecode), ("--weights", Weights is not null), ("--pool", Pool), ("-g", Debug), ("-MD", Made.Depend), ("-MF", Made.DependFile is not null), ("-MT", Made.DependTarget is not null),
            ("--verify-each", Made.VerifyEach != VerifyEach.Structure), ("--dump-ir", Dump.DumpIr is not null), ("--print-ir-before", Dump.PrintIrBefore.Count > 0), ("--print-ir-after", Dump.PrintIrAfter.Count > 0), ("--stop-after", Dump.StopAfter is not null), ("--max", Code.Max.Count > 0), ("--evaluate", Claim.Evaluate is not null)];
        var given = others.Where(o => o.IsGiven).Select(o => o.Option).ToList();
        if (given.Count > 0) throw new UsageException($"{OutputDir}: a package holds shared libraries of parts alone, so {string.Join(" and ", given)} {(given.Count == 1 ? "does" : "do")} not go with it", "name a folder, -o DIR");
        var report = new PackageBuild(session, Code with { Way = Code.Way with { Items = Items } }).Write(path, name, OutputDir);
        if (Sign is not null) OutputFile.Write(ArtifactSignature.FileOf(OutputDir), ArtifactSignature.Of([OutputDir], File.ReadAllText(Sign)));
        if (!Quiet || Json) session.Output.Write(report.Print(Json));
        return ExitCode.Done;
    }

    /// <exception cref="UsageException">The system has not what is asked for.</exception>
    private void Check(TargetSystem system)
    {
        if (OnnxDecode && !Emit.Contains(Emission.Onnx)) throw new UsageException("--onnx-decode says how --emit=onnx writes weights, which is not asked for", "--emit=onnx --onnx-decode");
        if (Pool && !system.HasPool) throw new UsageException($"--pool: the pool's threads are those of Linux, this is for {system.Name}", "leave it out; a run may take threads of the caller's, see lathe_host in lathe.h");
        if (Weights == WeightChoice.File && !system.MapsFiles) throw new UsageException($"--weights=file: code on {system.Name} cannot map a file", "--weights=embed");
        if (Emit.Contains(Emission.Python) && system.IsForJavaScript) throw new UsageException($"--emit python: Python loads no {system.SharedFile("NAME")}", "--emit javascript");
        if (Emit.Contains(Emission.Javascript) && !system.IsForJavaScript) throw new UsageException($"--emit javascript: JavaScript loads no {system.SharedFile("NAME")}", "--triple wasm32-unknown-unknown, or --emit python");
    }
}
