using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>Builds the files of an artifact from a program: weights are packed, every kernel becomes an object, a linker joins them.</summary>
public sealed class ArtifactBuilder
{
    private readonly Program program;
    private readonly ArtifactOptions options;
    private readonly WeightImage weights;
    private readonly WeightPlace place;
    private readonly string contract;
    private readonly ModelInterface model;
    private readonly Assembler assembler;

    private ArtifactBuilder(Program packed, ArtifactOptions options)
    {
        this.options = options;
        weights = new(packed);
        program = weights.Placed;
        assembler = new(options.Target);
        var inFile = options.WeightsInFile ?? weights.Length > ArtifactOptions.EmbedLimit;
        place = inFile && weights.Length > 0 ? new WeightPlace.InFile($"{options.Name}.weights", weights.Length + 8, weights.Stamp) : new WeightPlace.Embedded(weights.Length > 0);
        model = new(options.Name, program);
        contract = ContractText.Print(model, options.Target.Triple, options.Target.Cpu, options.Provenance, weights.Length, weights.Hash);
    }

    /// <summary>Packs weights, compiles and writes. Every file appears whole or not at all.</summary>
    /// <exception cref="ToolMissingException">No LLVM or linker is here.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop: between two kernels, before anything is written.</exception>
    public static Artifact Write(Program program, ArtifactOptions options, CancellationToken cancellation = default)
    {
        var packed = Once.Run(program, cancellation);
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
            foreach (var (name, text) in modules)
                OutputFile.Write(Output($"{name}.{(emission == Emission.Llvm ? "ll" : "s")}"), emission == Emission.Llvm ? text : assembler.ToAssembly(text, name));
        var codeBytes = 0L;
        if (options.Emit.Any(e => e is Emission.Shared or Emission.Static or Emission.Object))
        {
            var scratch = Directory.CreateTempSubdirectory("lathe-").FullName;
            try
            {
                var objects = Objects(modules, scratch, cancellation);
                codeBytes = objects.Sum(o => ElfSections.LoadedBytes(File.ReadAllBytes(o)));
                if (place is WeightPlace.Embedded { Any: true }) objects = [.. objects, WeightObject(scratch)];
                if (options.Emit.Contains(Emission.Object))
                    foreach (var path in objects) using (var file = File.OpenRead(path)) Copy(file, Output($"{options.Name}.{Path.GetFileName(path)}"));
                if (options.Emit.Contains(Emission.Static)) StaticArchive.Write(objects, Output($"lib{options.Name}.a"));
                if (options.Emit.Contains(Emission.Shared)) Linker.Shared(objects, Output($"lib{options.Name}.so"), $"lib{options.Name}.so", model.Exports);
            }
            finally { Directory.Delete(scratch, recursive: true); }
            if (place is WeightPlace.InFile side) WeightFile(Output(side.FileName));
        }
        if (options.Emit.Contains(Emission.Header))
        {
            OutputFile.Write(Output("lathe.h"), LatheHeader.Text);
            OutputFile.Write(Output($"{options.Name}.h"), ModelHeader.Print(model));
        }
        if (options.Emit.Contains(Emission.Python)) OutputFile.Write(Output($"{options.Name}.py"), PythonLoader.Print(options.Name));
        if (options.Emit.Contains(Emission.Contract)) OutputFile.Write(Output($"{options.Name}.json"), contract);
        return new([.. written], codeBytes, weights.Length, contract);
    }

    /// <summary>A module for each kernel, so that they compile at once and alike whatever else the model holds; then the entry, the plan and the pool.</summary>
    private List<(string Name, string Text)> Modules(CancellationToken cancellation)
    {
        var prefix = $"{options.Name}.";
        var plan = PlanKernel.AtEntry("plan", program);
        var pool = options.Pool ? ThreadPool.ParallelFor(options.Name) : null;
        var strided = new StridedKernels(program);
        var entry = new EntryModule(model, plan, kernel => Symbols.Of(kernel, $"{prefix}kernel."), kernel => Symbols.Of(kernel, $"{prefix}entry."), contract, place, strided, pool);
        var text = entry.Emit();
        Seq<Kernel> every = [.. program.Kernels, .. strided.Kernels];
        var kernels = new (string, string)[every.Count];
        Parallel.For(0, kernels.Length, AtOnce(cancellation), i => kernels[i] = (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"k{i:000}"), Kernel(every[i])));
        List<(string, string)> all = [.. kernels, ("entry", text), ("plan", KernelEmitter.Emit([plan.Kernel, .. entry.Late], options.Target, $"{prefix}entry."))];
        if (options.Pool) all.Add(("pool", ThreadPool.Text(options.Name, options.Target.Architecture)));
        return all;

        string Kernel(Kernel kernel) => KernelEmitter.Emit([kernel], options.Target, $"{prefix}kernel.") is var code && options.Debug is { } places ? DebugText.Add(code, kernel.Name, places) : code;
    }

    private List<string> Objects(List<(string Name, string Text)> modules, string folder, CancellationToken cancellation)
    {
        var paths = modules.Select(m => Path.Combine(folder, $"{m.Name}.o")).ToList();
        var order = Enumerable.Range(0, modules.Count).OrderByDescending(i => modules[i].Text.Length); // the longest first, so that no thread waits at the end
        Parallel.ForEach(order, AtOnce(cancellation),
            i => File.WriteAllBytes(paths[i], assembler.ToObject(modules[i].Text, modules[i].Name)));
        return paths;
    }

    private ParallelOptions AtOnce(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = options.Jobs > 0 ? options.Jobs : Environment.ProcessorCount, CancellationToken = cancellation };

    private string WeightObject(string folder)
    {
        var path = Path.Combine(folder, "weights.o");
        using var file = new FileStream(path, FileMode.Create);
        new ElfObject(options.Target.Architecture, weights.Length, [new(WeightPlace.Symbol(options.Name), 0, weights.Length)]).Write(file, weights.CopyTo);
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
