using Lathe.Passes;
using Lathe.Passes.Rewrites;

namespace Lathe.Cli;

/// <summary>Which passes a model goes through.</summary>
public sealed record PassOptions(
    [Option("a file that says which passes run, with options and on which steps, or one that comes with lathe (lathe:default, lathe:int8, …); passes --print writes one", Value = "FILE")] string? Pipeline = null,
    [Option("the same on the command line, in this order: simplify, fuse(repeat=8) on not name(\"/head/*\")", Value = "NAME,…")] string? Passes = null,
    [Option("rewrites to apply when the model is simplified; each is tested before it runs. --passes may name them", Value = "FILE")] string? Rewrites = null,
    [Option("what a trade between time and space is decided for")] Objective Objective = Objective.Speed,
    [Option("store weights in fewer bits: a format, such as i8 or \"i4 group=64\", or a preset (int8, int4, fp8, mxfp4, nf4, f16; docs/formats.md has all); options of quantize may follow: \"int4, method=gptq\". kv=FORMAT stores states, such as keys and values of attention, in few bits (kv=int8, kv=int4, \"int4, kv=i8 group=32\"): the interface has codes and scales in their place. rotate=hadamard spreads what stands out in a few channels over all before; integer_only (\"int8, integer_only\", with --calibrate) leaves no float between: values are whole numbers, and kernels compute in them", Value = "FORMAT")] string? Quantize = null,
    [Option("keep some numbers of each weight: a pattern and the share that is dropped, such as 4x1@80% (blocks of 4 outputs), unstructured@90% or 2:4; or whole channels@50%, heads@25%, neurons@50%, blocks@2; or slice@25% of the directions that blocks add to; or share@2, blocks that have their neighbours' matrices; options of prune may follow: \"4x1@80%, method=obs\". With --quantize those that are kept are stored in its format", Value = "PATTERN")] string? Prune = null,
    [Option("store weights as products of small factors, and maybe what they leave out: lowrank rank=32, \"lowrank rank=32 (f16) + i4 group=64\", or lowrank and how its rank is chosen; options of factorize may follow: \"lowrank (f16), size=0.5, method=afm\". Other structures: monarch, kronecker, blockaffine, tt, cur, dense_sparse, of filters tucker2 and cp, and pools that rows or blocks share: tied, tiled, hashed. With --quantize factors are stored in its format where none is said", Value = "STRUCTURE")] string? Factorize = null,
    [Option("data to run for the statistics that compression follows: what eval takes as --data, or a file that compile --emit=calibration wrote", Value = "PATH")] string? Calibrate = null,
    [Option("only the first N items of it", Value = "N")] int CalibrateLimit = 0,
    [Option("data of the same kind that nothing is chosen by: what compressed layers lose is told for it too", Value = "PATH")] string? Unseen = null)
{
    /// <summary>What pipelines may ask of what is compiled for.</summary>
    internal Func<TargetFacts>? Facts { get; init; }

    private readonly HashSet<string> included = new(StringComparer.Ordinal);

    /// <summary>How the items of data to calibrate on become inputs.</summary>
    internal ItemOptions Items { get; init; } = new();

    /// <summary>What a compile reads for them.</summary>
    internal Seq<string> Files => [.. Pipeline is null || BuiltInPipelines.Is(Pipeline) ? (string[])[] : [Pipeline], .. Rewrites is null ? (string[])[] : [Rewrites], .. included, .. File.Exists(Calibrate) ? (string[])[Calibrate] : []];

    /// <summary>Names of formats that <see cref="Quantize"/> knows.</summary>
    internal static IEnumerable<string> Named => Presets.Keys;

    /// <summary>Whether anything is said.</summary>
    internal bool SaysPasses => Pipeline is not null || Passes is not null || Rewrites is not null || Quantize is not null || Prune is not null || Factorize is not null;

    /// <summary>What names stand for.</summary>
    private static readonly Dictionary<string, string> Presets = new(StringComparer.Ordinal)
    {
        ["int8"] = "i8, activations=auto",
        ["int4"] = "i4 group=64 scales=f16",
        ["w4a8"] = "i4 group=64 scales=f16, activations=auto",
        ["fp8"] = "float format=e4m3",
        ["fp6"] = "float format=e2m3 group=64 scales=f16",
        ["fp4"] = "float format=e2m1 group=64 scales=f16",
        ["mxfp8"] = "mx format=e4m3",
        ["mxfp6"] = "mx format=e2m3",
        ["mxfp4"] = "mx format=e2m1",
        ["nf4"] = "nf4 group=64 scales=f16",
        ["ternary"] = "ternary group=64 scales=f16",
    };

    /// <summary>The passes, those of shorthands among them.</summary>
    internal Pipeline Whole
    {
        get
        {
            var pipeline = (Read() ?? Lathe.Passes.Pipeline.Default.With([.. PluginRewrites.All, .. OwnRewrites()])).Whole;
            if (Prune is not null) pipeline = WithPrune(pipeline);
            if (Factorize is not null) pipeline = WithFactorize(pipeline);
            if (TurnedBy is not null) pipeline = WithRotation(pipeline);
            if (WeightFormat is not null) pipeline = WithQuantize(pipeline);
            if (IsWhole) pipeline = pipeline.With(new IntegerOnly()).With(new WholeArithmetic());
            return StateFormat is null ? pipeline : WithStates(pipeline);
        }
    }

    private const string States = "kv=", Turn = "rotate=", AllWhole = "integer_only";

    /// <summary>Whether whole models compute in whole numbers.</summary>
    private bool IsWhole => Quantize is not null && Said.Contains(AllWhole);

    /// <summary>What <see cref="Quantize"/> says of weights; null where it says nothing of them.</summary>
    private string? WeightFormat => Quantize is null ? null : string.Join(", ", Said.Where(part => !part.StartsWith(States, StringComparison.Ordinal) && !part.StartsWith(Turn, StringComparison.Ordinal) && part != AllWhole)) is var text && text == "" && (IsWhole || (StateFormat ?? TurnedBy) is not null) ? null : text;

    /// <summary>What it says of states; null where nothing.</summary>
    private string? StateFormat => Quantize is null ? null : Said.FirstOrDefault(part => part.StartsWith(States, StringComparison.Ordinal))?[States.Length..];

    /// <summary>What it says that streams are turned by; null where nothing.</summary>
    private string? TurnedBy => Quantize is null ? null : Said.FirstOrDefault(part => part.StartsWith(Turn, StringComparison.Ordinal))?[Turn.Length..];

    private static Pipeline With(Pipeline pipeline, string option, string pass)
    {
        try { return pipeline.With(PipelineReader.ReadLine(pass, option).Passes[0]); }
        catch (DiagnosticException e) { throw new UsageException(e.Diagnostics); }
    }

    private Pipeline WithRotation(Pipeline pipeline) => With(pipeline, "--quantize", $"rotate_stream(by={TurnedBy})");

    private IEnumerable<string> Said => Quantize!.Split(',').Select(part => part.Trim());

    /// <summary>What names of formats of states stand for.</summary>
    private static readonly Dictionary<string, string> StatePresets = new(StringComparer.Ordinal) { ["int8"] = "i8 scales=f16", ["int4"] = "u4 scales=f16" };

    private Pipeline WithStates(Pipeline pipeline)
    {
        var format = Encoded("--quantize kv", StatePresets.GetValueOrDefault(StateFormat!, StateFormat!), "--quantize kv=int8, kv=int4, or a format such as kv=\"u4 group=16 scales=f16\"");
        return pipeline.With(new QuantizeState(format));
    }

    private Pipeline WithPrune(Pipeline pipeline)
    {
        var (name, own) = Apart(Prune!);
        var (pattern, share) = name.Split('@', 2) is [var before, var after] ? (before.Trim(), after.Trim()) : (name, "");
        if (name.StartsWith("blocks@", StringComparison.Ordinal))
        {
            if (own != "" || !int.TryParse(share, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) throw new UsageException($"--prune: {Prune} says no number of blocks", "--prune blocks@2 leaves out two residual blocks");
            return pipeline.With(new DropBlocks(count));
        }
        if (name.StartsWith("share@", StringComparison.Ordinal))
        {
            if (own != "" || !int.TryParse(share, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) throw new UsageException($"--prune: {Prune} says no number of blocks", "--prune share@2 has two residual blocks compute with their neighbours' matrices");
            return pipeline.With(new ShareBlocks(count));
        }
        var text = share.TrimEnd('%');
        if (share != "" && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var sparsity) || !share.EndsWith('%') && sparsity > 1))
            throw new UsageException($"--prune: {share} is no share", "--prune 4x1@80%, unstructured@90%, 2:4, or \"4x1@80%, method=obs\" with options of the pass");
        var dropped = share == "" ? "" : $", sparsity={RecordText.Real(double.Parse(text, CultureInfo.InvariantCulture) / (share.EndsWith('%') ? 100 : 1), single: false)}";
        if (pattern == "slice") return With(pipeline, "--prune", $"slice_stream(share={(dropped == "" ? "0" : dropped[", sparsity=".Length..])}{own})");
        // What is kept is stored as --quantize says; of weights that are not pruned it takes care itself.
        var weights = WeightFormat is null || IsUnits(pattern) || own.Contains("weights=", StringComparison.Ordinal) ? "" : $", weights={NameText.Quoted(QuantizedFormat())}";
        return With(pipeline, "--prune", $"prune(pattern={pattern}{dropped}{weights}{own})");
    }

    /// <summary>Whether units of the graph are dropped: what is left is dense, and quantize stores it.</summary>
    private static bool IsUnits(string pattern)
    {
        try { return PrunePattern.Parse(pattern).Units is not null; }
        catch (ArgumentException) { return false; } // the reader of pipelines says why
    }

    private Pipeline WithFactorize(Pipeline pipeline)
    {
        var (structure, own) = Apart(Factorize!);
        // Of weights that are not factorized --quantize takes care itself.
        var factors = structure.Split('+', 2)[0];
        if (!factors.Contains('(', StringComparison.Ordinal) && (WeightFormat is not null || factors.Length < structure.Length)) structure = $"{factors.Trim()} ({(WeightFormat is null ? "f32" : QuantizedFormat())}) {structure[factors.Length..]}".Trim();
        var format = Encoded("--factorize", structure, "--factorize \"lowrank rank=32\", \"lowrank rank=32 (f16) + i4 group=64\", or \"lowrank (f16), size=0.5\" with options of the pass");
        return With(pipeline, "--factorize", $"factorize(weights={NameText.Quoted(format.ToString())}{own})");
    }

    /// <summary>The format that --quantize names.</summary>
    private string QuantizedFormat() => Apart(Presets.GetValueOrDefault(Apart(WeightFormat!).Format, Apart(WeightFormat!).Format)).Format;

    private static Encoding Encoded(string option, string text, string remedy)
    {
        try { return IrText.ReadEncoding(text); }
        catch (FormatException e) { throw new UsageException($"{option}: {e.Message}", remedy); }
    }

    private Pipeline WithQuantize(Pipeline pipeline)
    {
        var (name, own) = Apart(WeightFormat!);
        var (text, preset) = Apart(Presets.GetValueOrDefault(name, name));
        var format = Encoded("--quantize", text, "--quantize int8, int4, a format such as \"i4 group=32\", or \"int4, method=gptq\" with options of the pass");
        return With(pipeline, "--quantize", $"quantize(weights={NameText.Quoted(format.ToString())}{Without(preset, own)}{own})");
    }

    /// <summary>Options of a preset, those left out that are given anew.</summary>
    private static string Without(string preset, string own)
    {
        var given = own.Split(',').Select(option => option.Split('=')[0].Trim()).ToHashSet(StringComparer.Ordinal);
        return string.Concat(preset.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(option => option.Trim()).Where(option => !given.Contains(option.Split('=')[0])).Select(option => $", {option}"));
    }

    /// <summary>A format, and what is behind the first comma that stands in no list: <c>tt outputs=[2, 2] inputs=[2, 2], size=0.5</c>.</summary>
    private static (string Format, string Options) Apart(string text)
    {
        var depth = 0;
        foreach (var (i, c) in text.Index())
            if (c is '[' or ']') depth += c == '[' ? 1 : -1;
            else if (c == ',' && depth == 0) return (text[..i].Trim(), ", " + text[(i + 1)..].Trim());
        return (text, "");
    }

    /// <summary>Null where neither a file nor passes are given.</summary>
    /// <exception cref="DiagnosticException">The file is faulty.</exception>
    /// <exception cref="UsageException">The passes are, or both are given.</exception>
    internal Pipeline? Read()
    {
        if (Pipeline is null && Passes is null) return null;
        if (Pipeline is not null && Passes is not null) throw new UsageException("--pipeline and --passes say the same thing", "leave one out");
        if (Pipeline is not null && Rewrites is not null) throw new UsageException("--pipeline says which rewrites run", "leave --rewrites out, and include the file in the pipeline's: include \"FILE\"");
        if (Pipeline is not null && BuiltInPipelines.Is(Pipeline))
            return PipelineReader.Read(BuiltInPipelines.Text(Pipeline) ?? throw new UsageException($"--pipeline: none that comes with lathe is called {Pipeline}", string.Join(", ", BuiltInPipelines.Names)), Pipeline);
        if (Pipeline is not null) return PipelineReader.Read(Text(Pipeline), Path.GetFileName(Pipeline), Setting(Path.GetDirectoryName(Path.GetFullPath(Pipeline))!));
        try { return PipelineReader.ReadLine(Passes!, "--passes", Setting(Environment.CurrentDirectory), OwnRewrites()); }
        catch (DiagnosticException e) { throw new UsageException(e.Diagnostics); }
    }

    /// <summary>The rewrites of <see cref="Rewrites"/>.</summary>
    internal Seq<Rewrite> OwnRewrites() => Rewrites is null ? [] : PipelineReader.Read(Text(Rewrites), Path.GetFileName(Rewrites), Setting(Path.GetDirectoryName(Path.GetFullPath(Rewrites))!)).Rewrites;

    /// <summary>Files that a pipeline includes are looked for beside it.</summary>
    private PipelineSetting Setting(string folder) => new()
    {
        Target = Facts,
        Settable = PipelineWords.Settable,
        Open = name =>
        {
            if (BuiltInPipelines.Is(name)) return BuiltInPipelines.Text(name);
            var path = Path.Combine(folder, name);
            if (!File.Exists(path)) return null;
            included.Add(Path.GetRelativePath(Environment.CurrentDirectory, path));
            return File.ReadAllText(path);
        },
    };

    private static string Text(string file) => File.Exists(file) ? File.ReadAllText(file) : throw InputFault.NoFile(file);
}
