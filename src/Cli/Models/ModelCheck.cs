using Lathe.Codegen.Llvm;
using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>Compiles one model and compares it with its saved cases, or with the interpreter on random inputs.</summary>
internal sealed class ModelCheck(Session session, CodeOptions code, Tolerance tolerance, Backend backend, int threads, int seed)
{
    private string label = "";
    private Seq<string> operators;

    /// <param name="label">What results call the model.</param>
    /// <param name="cases">Folder of its cases; null: the model's own.</param>
    public IReadOnlyList<CaseResult> Check(string path, string label, string? cases)
    {
        this.label = label;
        var folder = cases ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
        IReadOnlyList<SavedCase> saved = Directory.Exists(folder) ? SavedCase.Find(folder) : throw InputFault.NoFile(folder);
        if (cases is not null && saved.Count == 0) throw new DiagnosticException(new Diagnostic("LT5302", $"there is no case in {cases}", "", "a case is a folder with input_0 and output_0, as .npy or .pb"));
        ModelOutline outline;
        try { outline = ModelOutline.Read(path); }
        catch (DiagnosticException e) { return [Unfinished("", e)]; }
        operators = [.. outline.Operators.Select(o => o.Operator)];
        try
        {
            using var model = new CheckedModel(session, code, path, backend, threads);
            return saved.Count > 0 ? [.. saved.Select(c => Guarded(c.Name, () => Saved(model, c)))] : [Guarded("random", () => Random(model))];
        }
        catch (Exception e) when (IsTheModels(e))
        {
            if (IsOpen(outline) && saved.Count > 0) return [.. saved.Select(c => Guarded(c.Name, () => Specialised(path, outline, c)))];
            return [Unfinished("", e)];
        }
    }

    /// <summary>Whether an end tells of this model alone, and not of the machine or the command.</summary>
    private static bool IsTheModels(Exception e) => e is not (OperationCanceledException or UsageException or ToolMissingException or IOException or UnauthorizedAccessException);

    /// <summary>Whether the file leaves a dimension open.</summary>
    private static bool IsOpen(ModelOutline outline) => outline.Inputs.Any(i => i.Dims.Any(d => !long.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out _)));

    /// <summary>Runs a case on an artifact that is made for its shapes, because none could be made for all.</summary>
    private CaseResult Specialised(string path, ModelOutline outline, SavedCase saved)
    {
        var inputs = saved.Inputs([.. outline.Inputs.Select(i => new Value(i.Name, new TensorType([.. i.Dims.Select(d => (Expr)1)], Scalars.Parse(i.Kind) ?? Scalar.F32)))]);
        var dims = code.Dim.ToList();
        foreach (var (input, tensor) in outline.Inputs.Zip(inputs))
            foreach (var (axis, (dim, extent)) in input.Dims.Zip(tensor.Shape).Index())
            {
                var name = dim == "?" ? string.Create(CultureInfo.InvariantCulture, $"{input.Name}.{axis}") : dim;
                if (!long.TryParse(dim, NumberStyles.None, CultureInfo.InvariantCulture, out _) && !dims.Exists(d => d.Name == name)) dims.Add(new(name, extent, extent));
            }
        using var model = new CheckedModel(session, code with { Dim = [.. dims] }, path, backend, threads);
        return Saved(model, saved) with { How = $"specialised for {string.Join(", ", dims)}" };
    }

    private CaseResult Saved(CheckedModel model, SavedCase saved)
    {
        var outputs = model.Runs.Run(saved.Inputs(model.Runs.Inputs));
        return Compared(saved.Name, model, [.. saved.Expected(model.Runs.Outputs, outputs).Select(e => (model.Runs.Outputs[e.Output], tolerance.Compare(e.Expected, outputs[e.Output])))], "");
    }

    private CaseResult Random(CheckedModel model)
    {
        var inputs = InputFiles.Read(model.Runs.Inputs, [], ImageOptions.Default, seed, code.Dim);
        var (actual, expected) = (model.Runs.Run(inputs), new ReferenceModel(model.Source).Run(inputs));
        return Compared("random", model, [.. model.Runs.Outputs.Zip(expected.Zip(actual, tolerance.Compare))], ", compared with the interpreter");
    }

    private CaseResult Compared(string name, CheckedModel model, List<(string Output, Comparison Comparison)> all, string with)
    {
        var missed = all.FindAll(c => !c.Comparison.Met);
        var worst = all.Count == 0 ? double.NaN : all.Max(c => c.Comparison.Difference.Share);
        var how = (backend == Backend.Reference ? "interpreter" : model.Source.IsOpen ? "one artifact for all shapes" : "artifact") + with;
        return new(label, name, all.Count == 0 || missed.Count > 0 ? Outcome.Failed : Outcome.Passed, worst, all.Count == 0 ? "the case holds no output to compare with" : string.Join("; ", missed.Select(m => $"{m.Output} {m.Comparison.Difference.Where}")), how, operators, []);
    }

    private CaseResult Guarded(string name, Func<CaseResult> check)
    {
        try { return check(); }
        catch (Exception e) when (IsTheModels(e)) { return Unfinished(name, e); }
    }

    /// <summary>A case that gave no result. A bug of ours in one model must not hide the results of the others.</summary>
    private CaseResult Unfinished(string name, Exception e)
    {
        while (e is AggregateException { InnerExceptions: [var only, ..] }) e = only;
        Seq<Diagnostic> diagnostics = e is DiagnosticException fault ? fault.Diagnostics : [new("LT9999", $"internal error: {e.GetType().Name}: {e.Message}", label)];
        var errors = diagnostics.Where(d => d.Severity == Severity.Error).ToList();
        // LT5xxx is said of inputs: the model did compile.
        var outcome = e is DiagnosticException && !errors.TrueForAll(d => d.Code.StartsWith("LT5", StringComparison.Ordinal)) ? Outcome.Unsupported : Outcome.Failed;
        return new(label, name, outcome, double.NaN, string.Join("; ", errors.Select(d => $"{d.Code} {d.Message}")), outcome == Outcome.Unsupported ? "not compiled" : "not finished", operators, diagnostics);
    }
}
