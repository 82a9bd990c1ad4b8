using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using VerifyTests;

namespace Lathe.Snapshots;

/// <summary>
/// Whole small models as they were read, fused and scheduled, for one fixed processor. Who changes a pass reads the difference;
/// <c>BLESS=1</c> accepts it.
/// </summary>
public sealed class DumpTests
{
    private static readonly string[] Models = ["opt_mnist", "mnist_cntk", "micro_kws_m_static_fp32", "hand_keypoint_cls"];
    private static readonly string[] Stages = ["imported", "fused", "scheduled"];
    private static readonly ConcurrentDictionary<string, Lazy<Dumps>> Compiled = new(StringComparer.Ordinal);

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var model in Models) foreach (var stage in Stages) all.Add(model, stage);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_model_after(string model, string stage)
    {
        var settings = new VerifySettings();
        settings.UseDirectory("dumps");
        settings.UseFileName($"{model}.{stage}");
        if (Environment.GetEnvironmentVariable("BLESS") == "1") settings.AutoVerify();
        await VerifyXunit.Verifier.Verify(Dump(model, stage), settings);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_dump_reads_back_equal(string model, string stage) => Assert.Equal(Dump(model, stage), Dumped(model).Again(stage));

    private static string Dump(string model, string stage) => Dumped(model).Texts[stage];

    private static Dumps Dumped(string model) => Compiled.GetOrAdd(model, name => new(() => new(ModelFile(name)))).Value;

    private static string ModelFile(string model, [CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "models", model, "model.onnx");
}
