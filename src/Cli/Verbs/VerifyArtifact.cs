using System.Text.Json;
using Lathe.Codegen.Package;
using Lathe.Runtime;

namespace Lathe.Cli.Verbs;

[Description("checks that an artifact is whole and what it says it is: its interface, its contract, its weights, its model")]
[Example("lathe verify-artifact out/libdigits.so --model digits.onnx", "also that it was compiled from this file, and that it computes what the file says")]
[Example("lathe verify-artifact out/libdigits.so --key public.pem", "also that who has the key made it, before any of its code runs")]
[Example("lathe verify-artifact out/libdigits.so --evaluate digits.eval", "also that it does as well on data as its contract says")]
public sealed record VerifyArtifact(
    [Argument("ARTIFACT", "a library that lathe compile wrote")] string Artifact,
    CodeOptions Code,
    Tolerance Tolerance,
    [Option("the model that it should be of; its hash is compared, and what both compute on random inputs", Value = "MODEL")] string? Model = null,
    [Option("the file that compile --evaluate was given: its data are those that the contract tells of, and the artifact does on them what that says", Value = "FILE")] string? Evaluate = null,
    [Option("whose signature it should have: a public key in PEM", Value = "KEY.pem")] string? Key = null,
    [Option("of those inputs")] int Seed = 0,
    [Option("how far the metric may be from what the contract says: another processor may take another level of code, which rounds otherwise")] double Within = 0,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    private sealed record Check(string What, bool Holds, string Detail);

    public override ExitCode Execute(Session session)
    {
        var checks = new List<Check>();
        // Before it is opened, which runs its code.
        if (Key is not null && Signed() is var signed)
        {
            checks.Add(signed);
            if (!signed.Holds) return Told(session, checks);
        }
        // Opening it compares the version of the interface, and the length and stamp of weights that lie in a file.
        var isCompressed = false;
        using (var opened = Lathe.Runtime.Artifact.Open(Artifact))
        {
            isCompressed = Compresses(opened.Contract.Json);
            checks.Add(new("interface", true, $"version {opened.Contract.Abi}, this tool knows up to {LatheHeader.Abi}"));
            checks.AddRange(Beside(opened.Contract.Json));
            if (Model is not null) checks.Add(OfModel(opened.Contract.Json));
            checks.AddRange(Claim(session, opened.Contract.Json));
        }
        if (Model is not null) checks.Add(Computes(session, isCompressed));
        return Told(session, checks);
    }

    private ExitCode Told(Session session, List<Check> checks)
    {
        session.Output.Write(Json ? AsJson(checks) : string.Concat(checks.Select(c => $"{(c.Holds ? "ok" : "WRONG"),-7}{c.What,-12}{c.Detail}\n")));
        return checks.All(c => c.Holds) ? ExitCode.Done : ExitCode.Fault;
    }

    private Check Signed()
    {
        try { return new("signature", ArtifactSignature.Verified(Artifact, File.Exists(Key) ? File.ReadAllText(Key) : throw InputFault.NoFile(Key!)) == Artifact, $"the files are as they were signed, with the key of {Path.GetFileName(Key)}"); }
        catch (ArtifactException e) { return new("signature", false, e.Message); }
    }

    /// <summary>The contract inside the library, against the one in the file beside it.</summary>
    private IEnumerable<Check> Beside(ReadOnlyMemory<byte> json)
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Artifact))!, Lathe.Runtime.Artifact.NameOf(Artifact) + ".json");
        if (!File.Exists(file)) yield break;
        var same = File.ReadAllBytes(file).AsSpan().SequenceEqual(json.Span);
        yield return new("contract", same, same ? $"{Path.GetFileName(file)} is what the library says" : $"{Path.GetFileName(file)} is not what the library says: one of them is of another compile");
    }

    private Check OfModel(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var (said, own) = (document.RootElement.GetProperty("provenance").GetProperty("model_sha256").GetString(), ContentHash.Of(ModelPath.Resolve(Model!)));
        return new("model", said == own, said == own ? $"compiled from {Path.GetFileName(Model)}, sha256 {own[..16]}…" : $"compiled from a file of sha256 {said}, {Path.GetFileName(Model)} has {own}");
    }

    /// <summary>What the contract says of data, and whether that is so.</summary>
    private IEnumerable<Check> Claim(Session session, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty("accuracy", out var said))
        {
            if (Evaluate is not null) yield return new("accuracy", false, "the contract says nothing of data: it was compiled without --evaluate");
            yield break;
        }
        var (metric, value, items) = (said.GetProperty("metric").GetString()!, said.GetProperty("value").GetDouble(), said.GetProperty("items").GetInt32());
        var claim = string.Create(CultureInfo.InvariantCulture, $"{metric} {value:0.######} over {items} items");
        if (Evaluate is null)
        {
            yield return new("accuracy", true, $"{claim}, by the contract; --evaluate FILE measures it again");
            yield break;
        }
        var file = EvaluationFile.Read(Evaluate);
        var same = file.Hash() == said.GetProperty("data_sha256").GetString();
        yield return new("data", same, same ? $"{Path.GetFileName(Evaluate)} and its data are those of the contract" : $"{Path.GetFileName(Evaluate)} or its data are not those of the contract");
        if (!same) yield break;
        var now = new AccuracyTrial(session, file).Again(Artifact, Model, Code);
        // The same code on the same data: what differs is another level of code, and that is told.
        yield return new("accuracy", Math.Abs(now - value) <= Within, string.Create(CultureInfo.InvariantCulture, $"{claim}, by the contract; {now:0.######} here"));
    }

    /// <summary>Whether a pass of the recipe compresses: what it does to results is meant, and random inputs are none that a calibration saw.</summary>
    private static bool Compresses(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return ModelBuild.Compresses(document.RootElement.GetProperty("provenance").GetProperty("recipe").GetString()!);
    }

    /// <summary>What the artifact computes against the interpreter, which runs the model's own formulas.</summary>
    private Check Computes(Session session, bool isCompressed)
    {
        using var opener = new ModelOpener(session, Code);
        using var native = opener.Open(Artifact, new());
        using var reference = opener.Open(Model!, new(Backend: Backend.Reference));
        var inputs = InputFiles.Read(reference.Inputs, [], ImageOptions.Default, Seed, Code.Dim);
        var compared = native.Outputs.Zip(reference.Run(inputs), native.Run(inputs)).Select(o => (Name: o.First, Comparison: Tolerance.Compare(o.Second, o.Third))).ToList();
        if (isCompressed && Tolerance.IsUsual)
            return new("results", true, string.Create(CultureInfo.InvariantCulture, $"its recipe compresses, so this is told and not judged: on random inputs {string.Join("; ", compared.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} is {c.Comparison.Difference.Share:G3} of its largest magnitude off")))}; --evaluate FILE judges it on data, a tolerance here"));
        return new("results", compared.All(c => c.Comparison.Met), string.Join("; ", compared.Select(c => $"{c.Name}: {c.Comparison}")));
    }

    private static string AsJson(List<Check> checks) => JsonText.Print(json =>
    {
        json.WriteBoolean("holds", checks.All(c => c.Holds));
        json.WriteObjects("checks", checks, check =>
        {
            json.WriteString("what", check.What);
            json.WriteBoolean("holds", check.Holds);
            json.WriteString("detail", check.Detail);
        });
    });
}
