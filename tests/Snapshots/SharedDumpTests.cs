using System.Collections.Concurrent;
using VerifyTests;

namespace Lathe.Snapshots;

/// <summary>
/// Large real models as they were read and fused: nested branches around a recurrent net, a head of dynamic width, a cache of keys and values. Their
/// weights are left out and the middle is cut, so that a difference stays something one reads.
/// </summary>
public sealed class SharedDumpTests
{
    /// <summary>Each model, and how many characters of its beginning and its end are kept.</summary>
    private static readonly (string Model, int First, int Last)[] Models = [("silero_vad_v5", 20_000, 4_000), ("ppocr_v4_rec", 2_000, 22_000), ("chargpt_kv", 20_000, 4_000)];
    private static readonly ConcurrentDictionary<string, Lazy<Dumps>> Compiled = new(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Models.Select(m => m.Model)];

    [SharedModelsTheory]
    [MemberData(nameof(Names))]
    public Task A_large_model_as_read(string model) => Verify(model, "imported");

    [SharedModelsTheory]
    [MemberData(nameof(Names))]
    public Task A_large_model_as_fused(string model) => Verify(model, "fused");

    [SharedModelsTheory]
    [MemberData(nameof(Names))]
    public void A_dump_of_a_large_model_reads_back_equal(string model) =>
        Assert.All(Dumped(model).Texts, dump => Assert.Equal(dump.Value, Dumped(model).Again(dump.Key)));

    private static async Task Verify(string model, string stage)
    {
        var settings = new VerifySettings();
        settings.UseDirectory("dumps");
        settings.UseFileName($"{model}.{stage}");
        if (Environment.GetEnvironmentVariable("BLESS") == "1") settings.AutoVerify();
        var (_, first, last) = Models.Single(m => m.Model == model);
        await VerifyXunit.Verifier.Verify(Cut(Dumped(model).Texts[stage], first, last), settings);
    }

    private static Dumps Dumped(string model) => Compiled.GetOrAdd(model, name => new(() => new(SharedModels.PathOf(name)))).Value;

    /// <summary>A dump without its weights, whole lines of its beginning and its end.</summary>
    private static string Cut(string dump, int first, int last)
    {
        var lines = dump.Split('\n');
        var weights = Array.IndexOf(lines, "}");
        var rest = lines[(weights + 1)..];
        var begin = Fitting(rest, first);
        var end = Fitting(rest[begin..].Reverse(), last);
        var left = rest.Length - begin - end;
        return string.Join('\n', [$"weights {{    // {weights - 1} are left out", "}", .. rest[..begin], .. left > 0 ? [$"// {left} lines are left out"] : (string[])[], .. rest[(begin + left)..]]);
    }

    private static int Fitting(IEnumerable<string> lines, int room) => lines.TakeWhile(line => (room -= line.Length + 1) >= 0).Count();
}
