using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Text;

/// <summary>A dump of any stage, read back and taken on, leads to the same program and the same code.</summary>
public sealed class ProgramTextTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dump_of_any_stage_leads_to_the_same_artifact(bool symbolic)
    {
        var stages = new Stages();
        var program = new Compilation(Machine).Run(Net(symbolic ? Symbol.Of("n", 1, 64) : 2), stages);
        var (text, code) = (IrText.Print(program), Code(program));
        Assert.True(stages.All.Count > 4);
        foreach (var (i, module) in stages.All.Index())
        {
            var end = new Runner([.. PassList.All().Skip(i + 1)]).Run(Again(module), new Compilation(Machine)).MustBeProgram;
            Assert.Equal(text, IrText.Print(end));
            Assert.Equal(code, Code(end));
        }
    }

    [Fact]
    public void A_folder_keeps_each_plane_once()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var graph = Net(2);
            var weights = WeightFolder.Beside(Path.Combine(folder.FullName, "00-import.lir"));
            weights.Keep(IrText.Outside(graph));
            weights.Keep(IrText.Outside(graph));
            Assert.Equal(3, Directory.GetFiles(Path.Combine(folder.FullName, WeightFolder.Name)).Length);
            Assert.Equal(IrText.Print(graph), IrText.Print(IrText.Read(IrText.Print(graph), weights).Graphs[0]));
            File.WriteAllText(Directory.GetFiles(Path.Combine(folder.FullName, WeightFolder.Name))[0], "spoiled");
            Assert.Throws<DiagnosticException>(() => IrText.Read(IrText.Print(graph), WeightFolder.Beside(Path.Combine(folder.FullName, "x.lir"))));
        }
        finally { folder.Delete(recursive: true); }
    }

    private static readonly CpuTarget Target = CpuTarget.Parse("x86-64-v3");
    private static readonly Lathe.Passes.Machine Machine = MachineTable.Of(Target);

    private static string Code(Program program) => KernelEmitter.Emit(program.Kernels, Target);

    private static Module Again(Module module) => module.Graph is { } graph
        ? new(IrText.Read(IrText.Print(graph), new MemoryWeights(IrText.Outside(graph))).Graphs.Single())
        : new(IrText.Read(IrText.Print(module.MustBeProgram), new MemoryWeights(IrText.Outside(module.MustBeProgram))).Program!);

    private static Graph Net(Expr n)
    {
        var x = new Value("image", new([n, 3, 9, 9], Scalar.F32));
        var graph = new GraphBuilder("net", x);
        var conv = graph.Add("/conv/out", new Conv(Pads: [1, 1, 1, 1]), x, Weight("/conv/w", 20, 3, 3, 3), Weight("/conv/b", 20));
        var relu = graph.Add("relu", new Relu(), conv);
        var sum = graph.Add("sum", new Add(), relu, graph.Add("other", new Conv(), x, Weight("/conv/w1", 20, 3, 1, 1)));
        return graph.Return(graph.Add("scores", new Softmax(1), sum), relu);
    }

    private static Value Weight(string name, params long[] shape)
    {
        var numbers = new float[shape.Aggregate(1L, (size, extent) => size * extent)];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = i % 7 - 3;
        return new(name, new TensorType([.. shape.Select(d => (Expr)d)], Scalar.F32), [Bytes.Of<float>(numbers)]);
    }

    private sealed class Stages : IPassObserver
    {
        public List<Module> All { get; } = [];
        public void Ran(Pass pass, int number, Module module, TimeSpan time) => All.Add(module);
    }
}
