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
    private readonly IReadOnlyList<(CpuLevel Level, Program Program)> levels;
    private readonly string all;
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
        all = packed.Count == 1 ? "" : string.Join(',', packed.Select(p => p.Target.Cpu));
        levels = [.. packed.Zip(weights.Placed, (p, program) => (new CpuLevel(p.Target, packed.Count == 1 ? $"{options.Name}." : $"{options.Name}.{p.Target.Cpu}."), program))];
    }

    private string Contract((CpuLevel Level, Program Program) of, MemoryUse? memory) =>
        ContractText.Print(new(options.Name, of.Program), of.Level.Target.Triple, of.Level.Target.Cpu, all, options.Provenance, weights.Length, weights.Hash, memory);

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
        var scratch = Directory.CreateTempSubdirectory("lathe-").FullName;
        try { return Write(scratch, cancellation); }
        finally { Directory.Delete(scratch, recursive: true); }
    }

    private Artifact Write(string scratch, CancellationToken cancellation)
    {
        var written = new List<string>();
        string Output(string file)
        {
            Directory.CreateDirectory(options.Directory);
            var path = Path.Combine(options.Directory, file);
            written.Add(path);
            return path;
        }
        // The contract says what the code came out as; headers alone follow from the program.
        var hasCode = options.Emit.Any(e => e is Emission.Shared or Emission.Static or Emission.Object or Emission.Contract or Emission.Llvm or Emission.Asm);
        var (made, parts, contract) = hasCode ? Code(scratch, cancellation) : ([], default, Contract(levels[^1], null));
        foreach (var emission in options.Emit.Where(e => e is Emission.Llvm or Emission.Asm).Distinct())
            foreach (var (module, _, _) in made)
                OutputFile.Write(Output($"{module.Name}.{(emission == Emission.Llvm ? "ll" : "s")}"), emission == Emission.Llvm ? module.Text : new Assembler(module.Target).ToAssembly(module.Text, module.Name));
        if (options.Emit.Any(e => e is Emission.Shared or Emission.Static or Emission.Object))
        {
            List<string> objects = [.. made.Select(m => m.Path), .. LinkedObjects.Checked(levels.SelectMany(l => l.Program.Kernels), options.Link, System)];
            if (place is WeightPlace.Embedded { Any: true }) objects.Add(WeightObject(scratch));
            if (options.Emit.Contains(Emission.Object))
                foreach (var path in objects) using (var file = File.OpenRead(path)) Copy(file, Output($"{options.Name}.{Path.GetFileName(path)}"));
            if (options.Emit.Contains(Emission.Static)) Linker.Archive(Base, [.. objects, .. Support(scratch, isShared: false)], Output(System.StaticFile(options.Name)));
            if (options.Emit.Contains(Emission.Shared)) Linker.Shared([.. objects, .. Support(scratch, isShared: true)], Output(System.SharedFile(options.Name)), System.SharedFile(options.Name), model.Exports, system: System);
            if (options.Emit.Contains(Emission.Shared) && System.ImportFile(options.Name) is { } import) Linker.Imports(Base, Output(import), System.SharedFile(options.Name), model.Exports);
            if (place is WeightPlace.InFile side) WeightFile(Output(side.FileName));
        }
        if (options.Emit.Contains(Emission.Header))
        {
            OutputFile.Write(Output("lathe.h"), LatheHeader.Text);
            OutputFile.Write(Output($"{options.Name}.h"), ModelHeader.Print(model, System));
        }
        if (options.Emit.Contains(Emission.Python)) OutputFile.Write(Output($"{options.Name}.py"), PythonLoader.Print(options.Name));
        if (options.Emit.Contains(Emission.Javascript)) OutputFile.Write(Output($"{options.Name}.mjs"), JavaScriptLoader.Print(options.Name));
        if (options.Emit.Contains(Emission.Contract)) OutputFile.Write(Output($"{options.Name}.json"), contract);
        return new([.. written], parts.All, weights.Length, contract);
    }

    /// <summary>A module in LLVM assembly and what it is for.</summary>
    private sealed record ModuleText(string Name, string Text, CpuTarget Target);

    /// <summary>All objects but the weights', what they are of, and the contract of the highest level: what the file says.</summary>
    private (IReadOnlyList<(ModuleText Module, string Path, ObjectCode Code)> Made, LoadedParts Parts, string Contract) Code(string scratch, CancellationToken cancellation)
    {
        var made = Objects(Modules(cancellation), scratch, cancellation);
        var parts = made.Aggregate(default(LoadedParts), (sum, m) => sum + System.Loaded(m.Code.Bytes));
        var stacks = levels.Select(l => Stack(l.Level, [.. made.Select(m => m.Code.Frames)])).ToList();
        // The contracts hold how large they are themselves: larger numbers make them larger, so this comes to an end.
        for (var whole = parts; ;)
        {
            var printed = levels.Select((l, i) => Contract(l, new(stacks[i], whole.Code, whole.Constants, whole.Variables))).ToList();
            var own = Objects([.. levels.Zip(printed, (l, text) => new ModuleText($"{Stem(l.Level)}contract", ContractModule.Emit(l.Level.Prefix, text), l.Level.Target))], scratch, cancellation);
            var with = own.Aggregate(parts, (sum, m) => sum + System.Loaded(m.Code.Bytes));
            if (with == whole) return ([.. made, .. own], whole, printed[^1]);
            whole = with;
        }
    }

    /// <summary>What a run on one of the levels takes of the stack.</summary>
    private long Stack(CpuLevel level, IReadOnlyList<Seq<StackFrame>> modules)
    {
        var others = levels.Select(l => $"{l.Level.Prefix}invoke").Where(name => name != $"{level.Prefix}invoke").ToHashSet(StringComparer.Ordinal);
        var depth = new StackDepth([.. modules.Select(module => (Seq<StackFrame>)[.. module.Where(f => !others.Contains(f.Function))])], Base.Architecture.CallBytes);
        // A pool runs bodies below frames of its own.
        return depth.Of($"{options.Name}_run") + (options.Pool ? depth.Of(ThreadPool.ParallelFor(options.Name)) : 0);
    }

    private string Stem(CpuLevel level) => levels.Count == 1 ? "" : level.Target.Cpu + ".";

    /// <summary>A module for each kernel, so that they compile at once and alike whatever else the model holds; then the entry and the plan of each level; what chooses between them, and the pool.</summary>
    private List<ModuleText> Modules(CancellationToken cancellation)
    {
        List<ModuleText> all = [];
        foreach (var (level, program) in levels)
        {
            var (prefix, target, stem) = (level.Prefix, level.Target, Stem(level));
            var plan = PlanKernel.AtEntry("plan", program);
            var strided = new StridedKernels(program);
            var entry = new EntryModule(new(options.Name, program), prefix, DispatchModule.Refusal(levels.Select(l => l.Level)), plan,
                kernel => Symbols.Of(kernel, $"{prefix}kernel."), kernel => Symbols.Of(kernel, $"{prefix}entry."), strided, options.Pool ? ThreadPool.ParallelFor(options.Name) : null);
            var text = entry.Emit();
            Seq<Kernel> every = [.. program.Kernels, .. strided.Kernels];
            var kernels = new ModuleText[every.Count];
            Parallel.For(0, kernels.Length, AtOnce(cancellation), i => kernels[i] = new(string.Create(CultureInfo.InvariantCulture, $"{stem}k{i:000}"), Kernel(every[i], level), target));
            all.AddRange(kernels);
            all.Add(new($"{stem}entry", text, target));
            all.Add(new($"{stem}plan", KernelEmitter.Emit([plan.Kernel, .. entry.Late], target, $"{prefix}entry."), target));
        }
        // It asks what the processor has, so it may use only what all of the architecture have.
        all.Add(new("dispatch", new DispatchModule(model, [.. levels.Select(l => l.Level)], place).Emit(), CpuTarget.OfTriple(Base.Triple)));
        if (options.Pool) all.Add(new("pool", ThreadPool.Text(options.Name, Base.Architecture), Base));
        return all;

        string Kernel(Kernel kernel, CpuLevel level) => KernelEmitter.Emit([kernel], level.Target, $"{level.Prefix}kernel.") is var code && options.Debug is { } places && level == levels[^1].Level ? DebugText.Add(code, kernel.Name, places) : code;
    }

    private IReadOnlyList<(ModuleText Module, string Path, ObjectCode Code)> Objects(IReadOnlyList<ModuleText> modules, string folder, CancellationToken cancellation)
    {
        var made = new (ModuleText Module, string Path, ObjectCode Code)[modules.Count];
        var order = Enumerable.Range(0, modules.Count).OrderByDescending(i => modules[i].Text.Length); // the longest first, so that no thread waits at the end
        Parallel.ForEach(order, AtOnce(cancellation), i =>
        {
            var (module, assembler) = (modules[i], new Assembler(modules[i].Target));
            made[i] = (module, Path.Combine(folder, $"{module.Name}.o"), options.Cache is { } cache ? cache.Compile(assembler, module.Text, module.Name) : assembler.Compile(module.Text, module.Name));
            File.WriteAllBytes(made[i].Path, made[i].Code.Bytes);
        });
        options.Cache?.Trim();
        return made;
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
