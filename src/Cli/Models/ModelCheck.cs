using Lathe.Codegen.Gpu;
using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>Compiles one model and compares it with its saved cases, or with the interpreter on random inputs.</summary>
/// <param name="witness">Judges saved outputs that are beyond the tolerance; null: nothing but the tolerance counts.</param>
internal sealed class ModelCheck(Session session, CodeOptions code, Tolerance tolerance, DoubleWitness? witness, RunOptions run, int seed)
{
    /// <summary>Most differences that are told of one case.</summary>
    private const int MostMissed = 4;

    private string label = "";
    private Seq<string> operators;

    /// <param name="label">What results call the model.</param>
    /// <param name="cases">Folder of its cases; null: the model's own.</param>
    public IReadOnlyList<CaseResult> Check(string path, string label, string? cases)
    {
        this.label = label;
        var folder = cases ?? (Path.GetDirectoryName(path) is { Length: > 0 } own ? own : ".");
        IReadOnlyList<SavedCase> saved = Directory.Exists(folder) ? SavedCase.Find(folder) : throw InputFault.NoFile(folder);
        if (cases is not null && saved.Count == 0) throw new DiagnosticException(new Diagnostic("LT5302", $"there is no case in {cases}", "", "a case is a folder with input_0 and output_0, as .npy or .pb"));
        ModelOutline outline;
        try { outline = ModelOutline.Read(path); }
        catch (DiagnosticException e) { return [Unfinished("", e)]; }
        operators = [.. outline.Operators.Select(o => o.Operator)];
        // Files without names are in the order of the model's file, whatever becomes of its inputs.
        saved = [.. saved.Select(c => c.InputNames.Count > 0 ? c : c with { InputNames = [.. outline.Inputs.Select(i => i.Name)], OutputNames = outline.Outputs })];
        try
        {
            using var model = new CheckedModel(session, code, path, run);
            List<CaseResult> results = [.. saved.Select(c => Guarded(c.Name, () =>
            {
                // Whole numbers that decide shapes may be such as only a model that knows them can take: -1 in a shape, a size beyond what was planned for.
                try { return Saved(model, c); }
                catch (Lathe.Runtime.ArtifactException e) when (e.Code >= ErrorCodes.Guard && outline.Inputs.Any(i => i.Kind is "i64" or "i32")) { return Specialised(path, outline, c); }
                catch (DiagnosticException) when (code.IsForGpu && outline.Inputs.Any(i => i.Kind is "i64" or "i32") || outline.Inputs.Any(i => i.Dims.Any(d => !long.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out _)))) { return Specialised(path, outline, c); }
            }))];
            if (StreamCase.Find(folder) is { } stream) results.Add(Guarded("stream", () => Streamed(model, stream)));
            return results.Count > 0 ? results : [Guarded("random", () => Random(model))];
        }
        catch (Exception e) when (IsTheModels(e))
        {
            if (!code.IsForGpu && e is DiagnosticException && saved.Count > 0 && HostModel.Load(path) is { IsNeeded: true } host) return [.. saved.Select(c => Guarded(c.Name, () => OnHost(host, c)))];
            // What is refused may be taken once it is known; a bug of ours is told.
            if (saved.Count == 0 || !Specialisation.IsPossible(outline) || Only(e) is not (DiagnosticException or Lathe.Runtime.ArtifactException)) return [Unfinished("", e)];
            return [.. saved.Select(c => Guarded(c.Name, () => Specialised(path, outline, c)))];
        }
    }

    /// <summary>Whether an end tells of this model alone, and not of the machine or the command.</summary>
    private static bool IsTheModels(Exception e) => e is not (OperationCanceledException or UsageException or ToolMissingException or IOException or UnauthorizedAccessException);

    /// <summary>Runs a case on an artifact that is made for it, because none could be made for all.</summary>
    private CaseResult Specialised(string path, ModelOutline outline, SavedCase saved)
    {
        var ways = Specialisation.For(outline, saved.Inputs(Specialisation.Inputs(outline)), code.Dim).ToList();
        foreach (var way in ways.SkipLast(1))
        {
            try { return Special(way); }
            catch (Exception e) when (e is DiagnosticException or Lathe.Runtime.ArtifactException { Code: >= ErrorCodes.Guard }) { continue; }
        }
        return Special(ways[^1]);

        CaseResult Special(Specialisation way)
        {
            using var model = new CheckedModel(session, code with { Dim = way.Dims }, path, run, way.Constants);
            return Saved(model, saved) with { How = $"specialised for {way}" };
        }
    }

    private CaseResult Saved(CheckedModel model, SavedCase saved)
    {
        var inputs = saved.Inputs(model.Runs.Inputs);
        var outputs = model.Runs.Run(inputs);
        if (model.Compressed is { } compressed) return Interpreted(saved.Name, model, compressed, inputs, outputs);
        var expected = saved.Expected(model.Runs.Outputs, outputs).ToList();
        var compared = expected.ConvertAll(e => (Output: model.Runs.Outputs[e.Output], Comparison: tolerance.Compare(e.Expected, outputs[e.Output])));
        var verdict = compared.TrueForAll(c => c.Comparison.Met) ? null : witness?.Judge(model.Source, inputs, [.. expected.Zip(compared, (e, c) => new WitnessedOutput(e.Output, e.Expected, outputs[e.Output], c.Comparison))]);
        return verdict is null ? Compared(saved.Name, model, compared, "") : Compared(saved.Name, model, compared.ConvertAll(c => (c.Output, c.Comparison with { Met = true })), $", {verdict}");
    }

    private CaseResult OnHost(HostModel host, SavedCase saved)
    {
        var missed = new HostCheck(host, tolerance, session.Cancellation).Missed(saved);
        return new(label, saved.Name, missed.Count > 0 ? Outcome.Failed : Outcome.Passed, double.NaN, string.Join("; ", missed.Take(MostMissed)), HostCheck.How, operators, []);
    }

    /// <summary>
    /// The frames are one output, as they lie in one file, and its largest magnitude counts. One frame's would not do: of silero_vad_v5's frames some
    /// hold a probability of 6e-4, in which ONNX Runtime with and without its optimizations differs from itself by 9.8e-5 of it (8.3e-7 of the stream).
    /// How far off the worst frame is by itself is told beside it.
    /// </summary>
    private CaseResult Streamed(CheckedModel model, StreamCase stream)
    {
        var (expected, actual) = stream.Run(model.Runs);
        if (model.Compressed is { } compressed) expected = stream.Run(new ReferenceModel(compressed)).Actual;
        var compared = tolerance.Compare(expected, actual);
        var alone = expected.Shape != actual.Shape ? "" : string.Create(CultureInfo.InvariantCulture,
            $", the worst of {expected.Shape[0]} frames {FrameStream.Entries(expected).Zip(FrameStream.Entries(actual), (e, a) => Difference.Between(e, a).Share).Max():G2} of its own magnitude");
        return Compared("stream", model, [(model.Runs.Outputs[0], compared)], alone);
    }

    private CaseResult Random(CheckedModel model)
    {
        var inputs = InputFiles.Read(model.Runs.Inputs, [], ImageOptions.Default, seed, code.Dim);
        return Interpreted("random", model, model.Compressed ?? model.Source, inputs, model.Runs.Run(inputs));
    }

    /// <summary>Compares outputs with the interpreter's: of the compressed model where one is, since how far that is from the original is not the code's fault.</summary>
    private CaseResult Interpreted(string name, CheckedModel model, ModelSource reference, IReadOnlyList<Tensor> inputs, Tensor[] actual) =>
        Compared(name, model, new StateComparison(tolerance).Of(model.Runs.Outputs, reference.Module.Graph is { } graph ? StateComparison.Expected(graph, inputs, actual) : new ReferenceModel(reference).Run(inputs), actual), $", compared with the interpreter{(model.Compressed is null ? "" : " on the compressed model")}");

    private CaseResult Compared(string name, CheckedModel model, List<(string Output, Comparison Comparison)> all, string with)
    {
        var missed = all.FindAll(c => !c.Comparison.Met);
        var worst = all.Count == 0 ? double.NaN : all.Max(c => c.Comparison.Difference.Share);
        var how = (run.Backend == Backend.Reference ? "interpreter" : code.IsForGpu ? $"GPU kernels on {code.Device!.Kind.Word}" : model.Source.IsOpen ? "one artifact for all shapes" : "artifact") + with;
        if (missed.Count == 0 && worst > Tolerance.UsualShare && all.TrueForAll(c => c.Comparison.Difference.Share <= c.Comparison.AllowedShare)) how += string.Create(CultureInfo.InvariantCulture, $", {all.Max(c => c.Comparison.AllowedShare):G2} allowed");
        return new(label, name, all.Count == 0 || missed.Count > 0 ? Outcome.Failed : Outcome.Passed, worst, all.Count == 0 ? "the case holds no output to compare with" : string.Join("; ", missed.Take(MostMissed).Select(m => $"{m.Output} {m.Comparison.Difference.Where}")), how, operators, []);
    }

    private CaseResult Guarded(string name, Func<CaseResult> check)
    {
        try { return check(); }
        catch (Exception e) when (IsTheModels(e)) { return Unfinished(name, e); }
    }

    /// <summary>What work in parallel threw, without what it is wrapped in.</summary>
    private static Exception Only(Exception e)
    {
        while (e is AggregateException { InnerExceptions: [var only, ..] }) e = only;
        return e;
    }

    /// <summary>A case that gave no result. A bug of ours in one model must not hide the results of the others.</summary>
    private CaseResult Unfinished(string name, Exception e)
    {
        e = Only(e);
        Seq<Diagnostic> diagnostics = e is DiagnosticException fault ? fault.Diagnostics : e is Lathe.Runtime.ArtifactException { Code: > 0 } ? [new("LT5006", $"the run is refused: {e.Message}", label)] : [new("LT9999", $"internal error: {e.GetType().Name}: {e.Message}", label)];
        var errors = diagnostics.Where(d => d.Severity == Severity.Error).ToList();
        // LT5xxx is said of inputs: the model did compile.
        var outcome = e is DiagnosticException && !errors.TrueForAll(d => d.Code.StartsWith("LT5", StringComparison.Ordinal)) ? Outcome.Unsupported : Outcome.Failed;
        return new(label, name, outcome, double.NaN, string.Join("; ", errors.Select(d => $"{d.Code} {d.Message}")), outcome == Outcome.Unsupported ? "not compiled" : "not finished", operators, diagnostics);
    }
}
