namespace Lathe.Cli.Verbs;

[Description("measures how fast an artifact, or a model after compiling it, runs")]
[Example("lathe bench out/libdigits.so", "least, median and 95th percentile of a run, on one thread")]
[Example("lathe bench model.onnx --profile", "time by kernel, with the model's own names")]
public sealed record Bench(
    [Argument("ARTIFACT|MODEL", "a library that lathe compile wrote, an .onnx file, or a folder with model.onnx")] string Model,
    CodeOptions Code,
    [Option("threads of a run", Value = "N")] int Threads = 1,
    [Option("how long to measure")] double Seconds = 2,
    [Option("folder of inputs: NAME.npy or input_0.npy and on; random ones where none is given", Value = "DIR")] string? Inputs = null,
    [Option("of random inputs")] int Seed = 0,
    [Option("also measure each kernel")] bool Profile = false,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    public override ExitCode Execute(Session session)
    {
        if (Threads < 1) throw new UsageException($"--threads {Threads}: a run needs one at least");
        if (Seconds <= 0) throw new UsageException($"--seconds {OptionText.Show(Seconds)}: it takes some time to measure");
        using var opener = new ModelOpener(session, Code);
        if (Code.IsForGpu) return OnDevice(session, opener);
        using var model = opener.Native(Model, Threads);
        var inputs = Inputs is null ? InputFiles.Read(model.Inputs, [], ImageOptions.Default, Seed, Code.Dim) : SavedCase.In(Inputs).Inputs(model.Inputs);
        session.Progress("measuring");
        var measure = new SpeedMeasure(model, inputs, Seconds, Threads, Profile, session.Cancellation);
        session.Output.Write(Json ? measure.Json(Threads) : measure.Text(Threads));
        return ExitCode.Done;
    }

    private ExitCode OnDevice(Session session, ModelOpener opener)
    {
        if (Threads > 1) throw new UsageException($"--threads {Threads}: a GPU's threads are its own", "leave it out");
        using var model = opener.OnDevice(Model);
        var inputs = Inputs is null ? InputFiles.Read(model.Inputs, [], ImageOptions.Default, Seed, Code.Dim) : SavedCase.In(Inputs).Inputs(model.Inputs);
        session.Progress("measuring");
        var measure = new GpuMeasure(model, ModelPath.NameOf(ModelPath.Resolve(Model)), inputs, Seconds, Profile, session.Cancellation);
        session.Output.Write(Json ? measure.Json : measure.Text);
        return ExitCode.Done;
    }
}
