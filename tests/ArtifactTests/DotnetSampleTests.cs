using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Lathe.ArtifactTests;

/// <summary>The samples of .NET programs, built and run from the packages in clean folders.</summary>
public sealed class DotnetSampleTests(DotnetPackages packages) : IClassFixture<DotnetPackages>, IDisposable
{
    private const string Restore = "dotnet restore --source $PACKAGES -p:NuGetAudit=false -p:Models=$MODELS", Build = "dotnet build --no-restore -c Release -p:Models=$MODELS";

    private static readonly string UsersPackages = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private readonly ScratchFolder scratch = new();

    /// <summary>A sample takes minutes; some are of models that do not lie in the repository.</summary>
    private sealed class SampleFactAttribute : FactAttribute
    {
        public SampleFactAttribute(bool shared = false) => Skip = LongRun.Reason ?? (shared ? SharedModels.Reason("models") ?? SharedModels.Reason("data") : null);
    }

    public void Dispose() => scratch.Dispose();

    [SampleFact]
    public async Task A_minimal_api_serves_two_models_and_says_that_it_is_well()
    {
        packages.Shell(Sample("web"), $"{Restore} && {Build}");
        using var server = Process.Start(new ProcessStartInfo("dotnet", [scratch["bin/Release/net10.0/web.dll"], "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true, WorkingDirectory = scratch.Folder })!;
        try
        {
            var address = "";
            while (address == "" && await server.StandardOutput.ReadLineAsync() is { } line) address = Regex.Match(line, @"http://127\.0\.0\.1:\d+").Value;
            using var client = new HttpClient { BaseAddress = new(address) };
            Assert.Equal("Healthy", await client.GetStringAsync("/health"));
            var digits = File.ReadAllBytes(CProgram.Repository("tests", "models", "opt_mnist", "digits", "digits.bytes")).Chunk(784).Index().ToList();
            await Parallel.ForEachAsync(digits, async (digit, cancellation) =>
            {
                using var answer = await client.PostAsync("/digit", new ByteArrayContent(digit.Item), cancellation);
                Assert.Equal($$"""{"digit":{{digit.Index}}}""", await answer.Content.ReadAsStringAsync(cancellation));
            });
            using var gesture = await client.PostAsJsonAsync("/gesture", Enumerable.Repeat(0.5f, 42));
            Assert.StartsWith("""{"gesture":""", await gesture.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var wrong = await client.PostAsJsonAsync("/gesture", new float[3]);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, wrong.StatusCode);
        }
        finally { server.Kill(); }
    }

    /// <summary>The compiler of NativeAOT comes from the packages of this user, or the source that they come from.</summary>
    [SampleFact]
    public void A_program_of_NativeAOT_is_one_file_with_the_model_in_it()
    {
        packages.Shell(Sample("aot"), $"dotnet publish -r linux-x64 -c Release -o out -p:NuGetAudit=false -p:Models=$MODELS -p:RestoreAdditionalProjectSources=$PACKAGES -p:RestoreAdditionalProjectFallbackFolders={UsersPackages}");
        Assert.Equal(["aot"], Directory.GetFiles(scratch["out"]).Select(Path.GetFileName).Where(file => !file!.EndsWith(".dbg", StringComparison.Ordinal)));
        Assert.Equal("0 1 2 3 4 5 6 7 8 9", Tool.Run(scratch["out/aot"], CProgram.Repository("tests", "models", "opt_mnist", "digits", "digits.bytes")).Trim());
    }

    [SampleFact(shared: true)]
    public void A_stream_of_sound_is_told_apart_into_speech_and_none()
    {
        packages.Shell(Sample("vad"), $"{Restore} && {Build}", SharedModels.Root("models"));
        var heard = packages.Shell(scratch.Folder, $"dotnet bin/Release/net10.0/vad.dll {Path.Combine(SharedModels.Root("data"), "speech", "vad_public.wav")}").Trim();
        var labels = File.ReadAllBytes(Path.Combine(SharedModels.Root("data"), "speech", "vad_public_labels512.npy"))[^heard.Length..];
        var right = heard.Zip(labels).Count(frame => (frame.First == '#') == (frame.Second != 0));
        // 0.8675 is what ONNX Runtime's probabilities give on the first 400 frames.
        Assert.True(right > 0.8 * heard.Length, $"{right} of {heard.Length}: {heard}");
    }

    [SampleFact(shared: true)]
    public void A_language_model_goes_on_with_a_text()
    {
        packages.Shell(Sample("text"), $"{Restore} && {Build}", SharedModels.Root("models"));
        var text = packages.Shell(scratch.Folder, "dotnet bin/Release/net10.0/text.dll 'ROMEO:' 120");
        Assert.StartsWith("ROMEO:", text, StringComparison.Ordinal);
        Assert.True(text.Trim().Length > 100 && text.Split(' ', '\n').Count(word => word is "the" or "I" or "to" or "and" or "of" or "you" or "my") > 3, text);
    }

    /// <summary>What reads image files comes from the packages of this user, or the source that they come from.</summary>
    [SampleFact(shared: true)]
    public void A_page_is_read_by_three_models()
    {
        var (models, ocr) = (SharedModels.Root("models"), Path.Combine(SharedModels.Root("data"), "ocr"));
        packages.Shell(Sample("ocr"), $"dotnet restore -p:NuGetAudit=false -p:Models=$MODELS -p:RestoreAdditionalProjectSources=$PACKAGES -p:RestoreAdditionalProjectFallbackFolders={UsersPackages} && {Build}", models);
        var read = packages.Shell(scratch.Folder, $"dotnet bin/Release/net10.0/ocr.dll {ocr}/page_480x320.png {ocr}/ppocr_keys_v1.txt").Trim().Split('\n').Select(Unspaced).ToList();
        using var boxes = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(ocr, "page_480x320_boxes.json")));
        var written = boxes.RootElement.EnumerateArray().Select(box => Unspaced(box[4].GetString()!)).ToList();
        // The model drops spaces, and errs on one line in fourteen.
        Assert.True(written.Count(read.Contains) >= written.Count - 1, string.Join('\n', read));

        static string Unspaced(string text) => text.Replace(" ", "", StringComparison.Ordinal).Trim();
    }

    /// <summary>BenchmarkDotNet comes from the packages of this user, or the source that they come from.</summary>
    [SampleFact]
    public void A_call_allocates_nothing_as_BenchmarkDotNet_sees_it()
    {
        packages.Shell(Sample("bench"), $"dotnet restore -p:NuGetAudit=false -p:Models=$MODELS -p:RestoreAdditionalProjectSources=$PACKAGES -p:RestoreAdditionalProjectFallbackFolders={UsersPackages} && {Build}");
        var told = packages.Shell(scratch.Folder, "dotnet bin/Release/net10.0/bench.dll");
        var rows = File.ReadAllLines(Assert.Single(Directory.GetFiles(scratch["BenchmarkDotNet.Artifacts/results"], "*-report-github.md"))).Where(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.Equal("Allocated", rows[0][^2]);
        var allocated = rows.Skip(2).ToDictionary(row => row[1], row => row[^2], StringComparer.Ordinal);
        Assert.True(allocated.Count == 4, told);
        foreach (var call in new[] { "Run", "RunOfFive", "RunOnTwoThreadsWithAToken" }) Assert.Equal("-", allocated[call]);
        Assert.Equal("64 B", allocated["RunIntoANewArray"]);
    }

    private string Sample(string name)
    {
        Tool.Run("cp", "-R", CProgram.Repository("src", "Samples", "dotnet", name) + "/.", scratch.Folder);
        return scratch.Folder;
    }
}
