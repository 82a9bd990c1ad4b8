using System.Globalization;
using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>A model's program for one processor.</summary>
public sealed record CpuProgram(CpuTarget Target, Program Program);

/// <summary>Builds the files of an artifact from a program, or from several of one model for different processors: weights are packed, every kernel becomes an object, a linker joins them.</summary>
public sealed class ArtifactBuilder
{
    private readonly ArtifactOptions options;
    private readonly IReadOnlyList<(CpuLevel Level, Program Program, string Contract)> levels;
    private readonly WeightImage weights;
    private readonly WeightPlace place;
    private readonly ModelInterface model;

    private ArtifactBuilder(IReadOnlyList<CpuProgram> packed, ArtifactOptions options)
    {
        this.options = options;
        weights = new([.. packed.Select(p => p.Program)]);
        var inFile = options.WeightsInFile ?? (packed[0].Target.System.MapsFiles && weights.Length > ArtifactOptions.EmbedLimit);
        place = inFile && weights.Length > 0 ? new WeightPlace.InFile($"{options.Name}.weights", weights.Length + 8, weights.Stamp) : new WeightPlace.Embedded(weights.Length > 0);
        // What callers see is the same for all: of the workspace, what the one that takes most needs.
        model = new(options.Name, weights.Placed[^1] with { ArenaBytes = weights.Placed.Select(p => p.ArenaBytes).Aggregate((most, other) => Linear.Simplify(Expr.Max(most, other))) });
        var all = string.Join(',', packed.Select(p => p.Target.Cpu));
        levels = [.. packed.Zip(weights.Placed, (p, program) => (new CpuLevel(p.Target, packed.Count == 1 ? $"{options.Name}." : $"{options.Name}.{p.Target.Cpu}."), program,
            ContractText.Print(new(options.Name, program), p.Target.Triple, p.Target.Cpu, packed.Count == 1 ? "" : all, options.Provenance, weights.Length, weights.Hash)))];
    }

    /// <summary>The contract of the highest level: what the file says.</summary>
    private string Contract => levels[^1].Contract;

    /// <summary>The least level: what serves all.</summary>
    private CpuTarget Base => levels[0].Level.Target;

    private TargetSystem System => Base.System;

    /// <summary>Packs weights, compiles and writes. Every file appears whole or not at all.</summary>
    /// <exception cref="ToolMissingException">No LLVM or linker is here.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop: between two kernels, before anything is written.</exception>
    public static Artifact Write(Program program, CpuTarget target, ArtifactOptions options, CancellationToken cancellation = default) => Write([new(target, program)], options, cancellation);

    /// <summary>The same for several processors in one library, the least first: opening it picks one, equal weights are stored once.</summary>
    /// <param name="programs">One model's, with the same inputs and outputs, for processors of one architecture.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="cancellation">Asks it to stop.</param>
    public static Artifact Write(IReadOnlyList<CpuProgram> programs, ArtifactOptions options, CancellationToken cancellation = default)
    {
        var packed = programs.Select(p => p with { Program = Once.Run(p.Program, options.Cache, cancellation) }).ToList();
        return new ArtifactBuilder(packed, options).Write(cancellation);
    }

    private Artifact Write(CancellationToken cancellation)
    {
        var modules = Modules(cancellation);
        var written = new List<string>();
        string Output(string file)
        {
            Directory.CreateDirectory(options.Directory);
            var path = Path.Combine(options.Directory, file);
            written.Add(path);
            return path;
        }
        foreach (var emission in options.Emit.Where(e => e is Emission.Llvm or Emission.Asm).Distinct())
            foreach (var (name, text, target) in modules)
                OutputFile.Write(Output($"{name}.{(emission == Emission.Llvm ? "ll" : "s")}"), emission == Emission.Llvm ? text : new Assembler(target).ToAssembly(text, name));
        var codeBytes = 0L;
        if (options.Emit.Any(e => e is Emission.Shared or Emission.Static or Emission.Object))
        {
            var scratch = Directory.CreateTempSubdirectory("lathe-").FullName;
            try
            {
                var objects = Objects(modules, scratch, cancellation);
                codeBytes = objects.Sum(o => System.LoadedBytes(File.ReadAllBytes(o)));
                if (place is WeightPlace.Embedded { Any: true }) objects = [.. objects, WeightObject(scratch)];
                if (options.Emit.Contains(Emission.Object))
                    foreach (var path in objects) using (var file = File.OpenRead(path)) Copy(file, Output($"{options.Name}.{Path.GetFileName(path)}"));
                if (options.Emit.Contains(Emission.Static)) Linker.Archive(Base, [.. objects, .. Support(scratch, isShared: false)], Output(System.StaticFile(options.Name)));
                if (options.Emit.Contains(Emission.Shared)) Linker.Shared([.. objects, .. Support(scratch, isShared: true)], Output(System.SharedFile(options.Name)), System.SharedFile(options.Name), model.Exports, system: System);
                if (options.Emit.Contains(Emission.Shared) && System.ImportFile(options.Name) is { } import) Linker.Imports(Base, Output(import), System.SharedFile(options.Name), model.Exports);
            }
            finally { Directory.Delete(scratch, recursive: true); }
            if (place is WeightPlace.InFile side) WeightFile(Output(side.FileName));
        }
        if (options.Emit.Contains(Emission.Header))
        {
            OutputFile.Write(Output("lathe.h"), LatheHeader.Text);
            OutputFile.Write(Output($"{options.Name}.h"), ModelHeader.Print(model, System));
        }
        if (options.Emit.Contains(Emission.Python)) OutputFile.Write(Output($"{options.Name}.py"), PythonLoader.Print(options.Name));
        if (options.Emit.Contains(Emission.Javascript)) OutputFile.Write(Output($"{options.Name}.mjs"), JavaScriptLoader.Print(options.Name));
        if (options.Emit.Contains(Emission.Contract)) OutputFile.Write(Output($"{options.Name}.json"), Contract);
        return new([.. written], codeBytes, weights.Length, Contract);
    }

    /// <summary>A module for each kernel, so that they compile at once and alike whatever else the model holds; then the entry and the plan of each level; what chooses between them, and the pool.</summary>
    private List<(string Name, string Text, CpuTarget Target)> Modules(CancellationToken cancellation)
    {
        List<(string, string, CpuTarget)> all = [];
        foreach (var (level, program, contract) in levels)
        {
            var (prefix, target, stem) = (level.Prefix, level.Target, levels.Count == 1 ? "" : level.Target.Cpu + ".");
            var plan = PlanKernel.AtEntry("plan", program);
            var strided = new StridedKernels(program);
            var entry = new EntryModule(new(options.Name, program), prefix, DispatchModule.Refusal(levels.Select(l => l.Level)), plan,
                kernel => Symbols.Of(kernel, $"{prefix}kernel."), kernel => Symbols.Of(kernel, $"{prefix}entry."), contract, strided, options.Pool ? ThreadPool.ParallelFor(options.Name) : null);
            var text = entry.Emit();
            Seq<Kernel> every = [.. program.Kernels, .. strided.Kernels];
            var kernels = new (string, string, CpuTarget)[every.Count];
            Parallel.For(0, kernels.Length, AtOnce(cancellation), i => kernels[i] = (string.Create(CultureInfo.InvariantCulture, $"{stem}k{i:000}"), Kernel(every[i], level), target));
            all.AddRange(kernels);
            all.Add(($"{stem}entry", text, target));
            all.Add(($"{stem}plan", KernelEmitter.Emit([plan.Kernel, .. entry.Late], target, $"{prefix}entry."), target));
        }
        // It asks what the processor has, so it may use only what all of the architecture have.
        all.Add(("dispatch", new DispatchModule(model, [.. levels.Select(l => l.Level)], place).Emit(), CpuTarget.OfTriple(Base.Triple)));
        if (options.Pool) all.Add(("pool", ThreadPool.Text(options.Name, Base.Architecture), Base));
        return all;

        string Kernel(Kernel kernel, CpuLevel level) => KernelEmitter.Emit([kernel], level.Target, $"{level.Prefix}kernel.") is var code && options.Debug is { } places && level == levels[^1].Level ? DebugText.Add(code, kernel.Name, places) : code;
    }

    private List<string> Objects(List<(string Name, string Text, CpuTarget Target)> modules, string folder, CancellationToken cancellation)
    {
        var paths = modules.Select(m => Path.Combine(folder, $"{m.Name}.o")).ToList();
        var order = Enumerable.Range(0, modules.Count).OrderByDescending(i => modules[i].Text.Length); // the longest first, so that no thread waits at the end
        Parallel.ForEach(order, AtOnce(cancellation),
            i => File.WriteAllBytes(paths[i], Object(new(modules[i].Target), modules[i].Text, modules[i].Name)));
        options.Cache?.Trim();
        return paths;

        byte[] Object(Assembler assembler, string text, string name) => options.Cache is { } cache ? cache.ToObject(assembler, text, name) : assembler.ToObject(text, name);
    }

    private ParallelOptions AtOnce(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = options.Jobs > 0 ? options.Jobs : Environment.ProcessorCount, CancellationToken = cancellation };

    /// <summary>What the system wants in every library.</summary>
    private List<string> Support(string folder, bool isShared) => [.. System.Support(Base.Architecture, isShared).Select(module =>
    {
        var path = Path.Combine(folder, module.Name + ".o");
        File.WriteAllBytes(path, new Assembler(Base).ToObject(module.Text, module.Name));
        return path;
    })];

    private string WeightObject(string folder)
    {
        var path = Path.Combine(folder, "weights.o");
        using var file = new FileStream(path, FileMode.Create);
        System.WriteData(file, Base.Architecture, weights.Length, WeightPlace.Symbol(options.Name), weights.CopyTo);
        return path;
    }

    private void WeightFile(string path)
    {
        using var file = new OutputFile(path);
        weights.CopyTo(file.Stream);
        file.Stream.Write(BitConverter.GetBytes(weights.Stamp));
        file.Commit();
    }

    private static void Copy(Stream from, string path)
    {
        using var file = new OutputFile(path);
        from.CopyTo(file.Stream);
        file.Commit();
    }
}
