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
        var labels = Judging.Read(Of, On);
        // What a model is calibrated on has the form of what it is judged by.
        var code = Code with { Way = Code.Way with { Items = On.Items } };
        using var model = new FittingModel(session, code, Model, By);
        using var reference = Reference is null ? null : new FittingModel(session, Code, Reference, By);
        var (judged, others) = Judging.Of(session, Of, On, labels, model, reference);
        var report = new EvalReport(Metric, judged, Metric.Total(judged), others.Count == 0 || Metric.NeedsReference ? null : Metric.Total(others), labels?.Texts.Count ?? judged.Count, On.Classes is null ? null : Labels.Lines(On.Classes), Worst);
        session.Output.Write(Json ? report.Json() : report.Text());
        var value = report.Score.Value;
        return value < Min || value > Most || double.IsNaN(value) ? ExitCode.Missed : ExitCode.Done;
    }
}
