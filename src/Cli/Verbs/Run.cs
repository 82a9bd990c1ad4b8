using Lathe.Codegen.Llvm;
using Lathe.Onnx;

namespace Lathe.Cli.Verbs;

[Description("runs an artifact, or a model after compiling it, on inputs from files")]
[Example("lathe run out/libdigits.so --input image=seven.png", "an image in, the top scores out")]
[Example("lathe run model.onnx --input x.npy --expect y=y.npy --atol-of-max 1e-4", "compare with a saved result; exit code 4 where it differs")]
[Example("lathe run model.onnx --backend=reference --seed 1 --output-dir out", "what the interpreter makes of random inputs, saved")]
[Example("lathe run vad.onnx --frames talk.npy --state state=stateN --inputs start --save out", "a stream, frame after frame; --batches runs folders of inputs")]
public sealed record Run(
    [Argument("ARTIFACT|MODEL", "a library or package (.lathe) that lathe compile wrote, an .onnx file, or a folder with model.onnx")] string Model,
    CodeOptions Code,
    Tolerance Tolerance,
    RunOptions By,
    SeriesOptions Series,
    [Option("an input: .npy, .npz, .pb, .png, .jpg, or bare numbers in .bin; without NAME where it is clear. Inputs are random where none is given", "-i", Value = "[NAME=]FILE")] Seq<NamedFile> Input = default,
    [Option("how images become tensors: layout=nchw|nhwc, mean=A[:B:C], std=A[:B:C], scale=1/255, resize=WxH, channels=gray|rgb|bgr, split by commas", Value = "OPTIONS")] ImageOptions? Image = null,
    [Option("of random inputs")] int Seed = 0,
    [Option("save the outputs here, NAME.npy each", Value = "DIR")] string? OutputDir = null,
    [Option("compare an output with a file", Value = "[NAME=]FILE")] Seq<NamedFile> Expect = default,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    public override ExitCode Execute(Session session)
    {
        By.Check(Code);
        if (!Series.Any && Series.Save is not null) throw new UsageException("--save belongs to --batches and --frames", $"--output-dir {Series.Save} saves what one run gives");
        if (Series.Any)
        {
            using var many = new FittingModel(session, Code, Model, By);
            session.Output.Write(Series.Run(session, many));
            return ExitCode.Done;
        }
        if (Code.IsForGpu && (PackageBuild.IsPackage(Model) || HostRun.IsNeeded(Model)))
            throw new UsageException("--target=gpu: text, sequences and images are the host's, no kernel takes them", "leave --target out");
        if (PackageBuild.IsPackage(Model))
        {
            using var package = Lathe.Runtime.Package.Open(Model, HostList.All);
            using var host = new Lathe.Runtime.Host(By.Threads, cancellation: session.Cancellation);
            return HostRun.Of(session, package, host).Execute(Input, OutputDir, Expect, Json);
        }
        if (HostRun.IsNeeded(Model)) return HostRun.Of(session, HostModel.Load(ModelPath.Resolve(Model))).Execute(Input, OutputDir, Expect, Json);
        using var opener = new ModelOpener(session, Code);
        using var model = opener.Open(Model, By);
        var inputs = InputFiles.Read(model.Inputs, Input, Image ?? ImageOptions.Default, Seed, Code.Dim);
        session.Progress("running");
        var outputs = model.Outputs.Zip(model.Run(inputs)).ToList();
        if (OutputDir is not null) Save(outputs);
        var comparisons = Expect.Select(file => Compare(file, outputs)).ToList();
        session.Output.Write(Json ? AsJson(outputs, comparisons) : AsText(outputs, comparisons));
        return comparisons.All(c => c.Comparison.Met) ? ExitCode.Done : ExitCode.Missed;
    }

    private void Save(List<(string Name, Tensor Tensor)> outputs)
    {
        Directory.CreateDirectory(OutputDir!);
        foreach (var (name, tensor) in outputs)
        {
            using var file = new OutputFile(Path.Combine(OutputDir!, FileName.Of(name) + ".npy"));
            Npy.Write(file.Stream, tensor);
            file.Commit();
        }
    }

    private (string Output, Comparison Comparison) Compare(NamedFile file, List<(string Name, Tensor Tensor)> outputs)
    {
        var names = outputs.Select(o => o.Name).ToList();
        if (file.Name == "" && outputs.Count > 1) throw new UsageException($"--expect {file.Path}: the model has {outputs.Count} outputs", $"--expect NAME={file.Path}; they are {string.Join(", ", names)}");
        var (name, actual) = file.Name == "" ? outputs[0] : outputs.Find(o => o.Name == file.Name) is { Tensor: not null } found ? found : throw InputFault.UnknownOutput(file.Name, names);
        var wanted = new Value(name, new TensorType([.. actual.Shape.Select(d => (Expr)d)], actual.Kind));
        return (name, Tolerance.Compare(TensorFormat.Of(file.Path).ReadOne(file.Path, wanted, ImageOptions.Default), actual));
    }

    private static string AsText(List<(string Name, Tensor Tensor)> outputs, List<(string Output, Comparison Comparison)> comparisons) =>
        string.Concat(outputs.Select(o => TensorSummary.Print(o.Name, o.Tensor))) + string.Concat(comparisons.Select(c => $"{c.Output}: {c.Comparison}\n"));

    private static string AsJson(List<(string Name, Tensor Tensor)> outputs, List<(string Output, Comparison Comparison)> comparisons) => JsonText.Print(json =>
    {
        json.WriteObjects("outputs", outputs, o =>
        {
            json.WriteString("name", o.Name);
            json.WriteString("type", o.Tensor.Kind.Text);
            json.WriteList("shape", o.Tensor.Shape, json.WriteNumberValue);
        });
        json.WriteObjects("comparisons", comparisons, c =>
        {
            json.WriteString("output", c.Output);
            json.WriteBoolean("met", c.Comparison.Met);
            json.WriteReal("error_of_max", c.Comparison.Difference.Share);
            json.WriteString("where", c.Comparison.Difference.Where);
        });
    });
}
