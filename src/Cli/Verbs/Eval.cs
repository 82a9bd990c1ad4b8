namespace Lathe.Cli.Verbs;

[Description("measures how well a model does on labelled data")]
[Example("lathe eval out/libdigits.so --metric top1 --data t10k-images.idx3-ubyte --labels t10k-labels.idx1-ubyte --image scale=1/255", "how many digits it gets right, and which it does not")]
[Example("lathe eval small.onnx --metric agreement --reference big.onnx --data photos --image resize=224x224,scale=1/255 --min 0.98", "how often two models decide alike; exit code 4 below 98 %")]
[Example("lathe eval lm.onnx --metric perplexity --data valid.txt --vocab vocab.json --window 256 --batch 8", "a language model on a text")]
[Example("lathe eval vad.onnx --metric auc --data talk.wav --window 512 --context 64 --state state=stateN --input sr=rate.npy --labels speech.npy", "a stream, frame after frame")]
public sealed record Eval(
    [Argument("MODEL|ARTIFACT", "an .onnx file, a folder with model.onnx, or a library that lathe compile wrote")] string Model,
    MetricOptions Of,
    DataOptions On,
    CodeOptions Code,
    RunOptions By,
    [Option("a model or artifact that the same data is given: what agreement and kl compare with; other metrics print the difference", Value = "MODEL")] string? Reference = null,
    [Option("least value that will do, else the exit code is 4", Value = "X")] double? Min = null,
    [Option("largest value that will do, for metrics where less is better", Value = "X")] double? Most = null,
    [Option("worst samples that are listed", Value = "N")] int Worst = 5,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    private Metric Metric => Of.Metric.Metric;

    public override ExitCode Execute(Session session)
    {
        By.Check(Code);
        if (Metric.NeedsReference && Reference is null) throw new UsageException($"--metric {Metric.Name} needs --reference MODEL");
        if (Metric.NeedsLabels && On.Labels is null) throw new UsageException($"--metric {Metric.Name} needs --labels FILE");
        var labels = On.Labels is null ? null : Labels.Read(On.Labels, On.Classes);
        // What a model is calibrated on has the form of what it is judged by.
        var code = Code with { Way = Code.Way with { Items = On.Items } };
        using var model = new FittingModel(session, code, Model, By);
        using var reference = Reference is null ? null : new FittingModel(session, Code, Reference, By);
        var (judged, others) = Judge(session, model, reference, labels);
        if (judged.Count == 0) throw new DiagnosticException(new Diagnostic("LT5305", $"{On.Data} holds no items"));
        var report = new EvalReport(Metric, judged, Metric.Total(judged), others.Count == 0 ? null : Metric.Total(others), labels?.Texts.Count ?? judged.Count, On.Classes is null ? null : Labels.Lines(On.Classes), Worst);
        session.Output.Write(Json ? report.Json() : report.Text());
        var value = report.Score.Value;
        return value < Min || value > Most || double.IsNaN(value) ? ExitCode.Missed : ExitCode.Done;
    }

    /// <summary>Every item as the model does, and as the reference does where that is judged too.</summary>
    private (List<Judgement> Judged, List<Judgement> Others) Judge(Session session, FittingModel model, FittingModel? reference, Labels? labels)
    {
        var (judged, others) = (new List<Judgement>(), new List<Judgement>());
        var answers = new Evaluation(session, On.Data, On.Items, On.Limit).Answers(model, On.From);
        using var second = reference is null ? null : new Evaluation(session, On.Data, On.Items, On.Limit).Answers(reference, On.From).GetEnumerator();
        foreach (var (i, (output, item)) in answers.Index())
        {
            if (labels is not null && i >= labels.Texts.Count) throw new DiagnosticException(new Diagnostic("LT5314", $"there are {labels.Texts.Count} labels and more items", "", "--limit takes the first items only"));
            var other = second is null ? null : second.MoveNext() ? second.Current.Output : throw new InvalidOperationException("the reference has seen fewer items");
            if (other is not null && other.Shape != output.Shape) throw new DiagnosticException(new Diagnostic("LT5315", $"the output is {output} for item {i}, the reference's is {other}"));
            var answer = new Answer(i, output.ToDoubles(), output.Shape, labels is null ? Whole(item) : labels.Numbers?[i] ?? [], labels?.Texts[i] ?? "", other?.ToDoubles());
            if (answer.Numbers.Any(x => !double.IsFinite(x))) session.Report(new("LT5316", $"the output for item {i} holds numbers that are infinite or none", "", "", Severity.Warning));
            judged.Add(Metric.Judge(answer, Of));
            if (other is not null && !Metric.NeedsReference) others.Add(Metric.Judge(answer with { Numbers = answer.Reference! }, Of));
        }
        return (judged, others);
    }

    /// <summary>An item of whole numbers is its own label: tokens, of which each is predicted.</summary>
    private static long[] Whole(Tensor item) => item.Kind.IsInteger ? [.. item.ToDoubles().Select(x => (long)x)] : [];
}
