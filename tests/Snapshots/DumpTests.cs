using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;
using VerifyTests;
using Text = Lathe.Ir.IrText;

namespace Lathe.Snapshots;

/// <summary>
/// Whole small models as they were read, fused and scheduled, for one fixed processor. Who changes a pass reads the difference;
/// <c>BLESS=1</c> accepts it.
/// </summary>
public sealed class DumpTests
{
    private const string Cpu = "x86-64-v3";
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
    public void A_dump_reads_back_equal(string model, string stage)
    {
        var dumps = Dumped(model);
        var again = Text.Read(Dump(model, stage), dumps);
        Assert.Equal(Dump(model, stage), again.Program is { } program ? Text.Print(program) : Text.Print(again.Graphs.Single()));
    }

    private static string Dump(string model, string stage) => Dumped(model).Texts[stage];

    private static Dumps Dumped(string model) => Compiled.GetOrAdd(model, name => new(() => new(Folder(name)))).Value;

    private static string Folder(string model, [CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "models", model);

    /// <summary>The dumps of one compilation and the weights that they name.</summary>
    private sealed class Dumps : IPassObserver, IWeightSource
    {
        private readonly Dictionary<string, Bytes> weights = new(StringComparer.Ordinal);

        public Dumps(string folder)
        {
            var graph = OnnxModel.Load(Path.Combine(folder, "model.onnx")).Graph;
            Keep("imported", Text.Print(graph), Text.Outside(graph));
            new Compilation(MachineTable.Of(CpuTarget.Parse(Cpu, "x86_64-pc-linux-gnu"))).Run(graph, this);
        }

        public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

        public void Ran(Pass pass, int number, Module module, TimeSpan time)
        {
            if (module.Graph is { } graph && pass.Stage <= Stage.Fuse) Keep("fused", Text.Print(graph), Text.Outside(graph));
            if (module.Program is { } program) Keep("scheduled", Text.Print(program), Text.Outside(program));
        }

        public Bytes? Find(string hash) => weights.Where(w => w.Key.StartsWith(hash, StringComparison.Ordinal)).Select(w => w.Value).SingleOrDefault();

        private void Keep(string stage, string text, IEnumerable<Bytes> outside)
        {
            Texts[stage] = text;
            foreach (var plane in outside) weights[plane.Hash] = plane;
        }
    }
}
