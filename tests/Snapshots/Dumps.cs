using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;
using Text = Lathe.Ir.IrText;

namespace Lathe.Snapshots;

/// <summary>The dumps of one compilation, for one fixed processor, and the weights that they name.</summary>
internal sealed class Dumps : IPassObserver, IWeightSource
{
    private const string Cpu = "x86-64-v3";

    private readonly Dictionary<string, Bytes> weights = new(StringComparer.Ordinal);

    public Dumps(string model)
    {
        var graph = OnnxModel.Load(model).Graph;
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

    /// <summary>What a dump reads back to, printed again.</summary>
    public string Again(string stage)
    {
        var again = Text.Read(Texts[stage], this);
        return again.Program is { } program ? Text.Print(program) : Text.Print(again.Graphs.Single());
    }

    private void Keep(string stage, string text, IEnumerable<Bytes> outside)
    {
        Texts[stage] = text;
        foreach (var plane in outside) weights[plane.Hash] = plane;
    }
}
