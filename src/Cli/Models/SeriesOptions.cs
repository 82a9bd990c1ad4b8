namespace Lathe.Cli;

/// <summary>Many runs in one: numbered batches, or the frames of a stream with states fed back.</summary>
public sealed record SeriesOptions(
    [Option("run each folder 0000, 0001 and on in DIR that holds input_0.npy and so on; to --save", Value = "DIR")] string? Batches = null,
    [Option("run each entry of an array's first axis, as the first input", Value = "FILE.npy")] string? Frames = null,
    [Option("of --frames: an input that is fed from an output of the frame before; it begins as its file in --inputs says, or with zeros, or empty where runs add to it. past_*=present_* is all that are called so", Value = "INPUT=OUTPUT")] Seq<StateFeed> State = default,
    [Option("of --frames: folder of the other inputs, NAME.npy or input_1.npy and on", Value = "DIR")] string? Inputs = null,
    [Option("where --batches saves output_0.npy and on, a folder for each batch, and --frames output_0.npy: the first output of all frames", Value = "DIR")] string? Save = null)
{
    /// <summary>Whether there is anything of this to do.</summary>
    internal bool Any => Batches is not null || Frames is not null;

    /// <returns>What was done, for a person.</returns>
    /// <exception cref="UsageException">The options make no sense together.</exception>
    internal string Run(Session session, RunnableModel model)
    {
        if (Save is null) throw new UsageException("--batches and --frames need --save DIR");
        if (Batches is not null && Frames is not null) throw new UsageException("--batches and --frames are two ways to run");
        if (Batches is null && Inputs is null && model.Inputs.Count > 1 + StateFeeds.Of(model, State.Select(s => new KeyValuePair<string, string>(s.Input, s.Output))).Count) throw new UsageException("--frames fills the first input", "--inputs DIR gives the others");
        return Batches is null ? RunFrames(session, model) : RunBatches(session, model);
    }

    private string RunBatches(Session session, RunnableModel model)
    {
        var batches = NumberedBatches.In(Batches!);
        foreach (var batch in batches)
        {
            session.Progress($"batch {Path.GetFileName(batch)} of {batches.Count}");
            var folder = Path.Combine(Save!, Path.GetFileName(batch));
            foreach (var (i, output) in model.Run(SavedCase.In(batch).Inputs(model.Inputs)).Index()) Write(folder, i, output);
        }
        return $"{batches.Count} batches\n";
    }

    private string RunFrames(Session session, RunnableModel model)
    {
        var frames = Npy.Read(Frames!);
        var saved = Inputs is null ? null : SavedCase.In(Inputs);
        var stream = new FrameStream(model, model.Inputs[0].Name, State.ToDictionary(s => s.Input, s => s.Output, StringComparer.Ordinal), v => saved?.Input(model.Inputs, v));
        var results = new List<Tensor>();
        foreach (var outputs in stream.Run(FrameStream.Entries(frames)))
        {
            session.Progress($"frame {results.Count} of {frames.Shape[0]}");
            results.Add(outputs[0]);
        }
        if (results.Count > 0) Write(Save!, 0, FrameStream.Stack(results));
        return $"{results.Count} frames\n";
    }

    private static void Write(string folder, int number, Tensor tensor)
    {
        Directory.CreateDirectory(folder);
        using var file = new Codegen.Llvm.OutputFile(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"output_{number}.npy")));
        Npy.Write(file.Stream, tensor);
        file.Commit();
    }
}
