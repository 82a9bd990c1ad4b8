using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.UnitTests.Text;

/// <summary>Programs with branches and loops: the dump of every stage reads back equal, runs equal, and leads to the same program and the same code.</summary>
public sealed class RegionTextTests
{
    private static readonly CpuTarget Target = CpuTarget.Parse("x86-64-v3");
    private static readonly Lathe.Passes.Machine Machine = MachineTable.Of(Target);

    private const string Header = "<ir_version: 8, opset_import: [\"\": 17]>\n";

    /// <summary>Model, and the truth value, count and vector it is run with.</summary>
    public static TheoryData<string, string> Models => new()
    {
        {
            "branches of unlike extents", Header + """
            g (bool go, int64 n, float[N] x) => (float[m] y) {
              a = Exp(x)
              y = If <then_branch = t () => (float[p] b) { b = Concat <axis = 0> (a, x, a) }, else_branch = e () => (float[N] c) { c = Add(a, x) }> (go)
            }
            """
        },
        {
            "a count that a run decides, carried values that change places, a stacked one", Header + """
            g (bool go, int64 n, float[N] x) => (float[N] y, float[N] z, float[r, N] all) <int64 most = {9}> {
              trips = Min(n, most)
              other = Neg(x)
              y, z, all = Loop <body = step (int64 i, bool on, float[N] a, float[N] b) => (bool next, float[N] c, float[N] d, float[N] slice) {
                next = Identity(on)
                c = Identity(b)
                d = Identity(a)
                slice = Sub(a, x)
              }> (trips, go, x, other)
            }
            """
        },
        {
            "a loop that ends by what it made, a branch in it, a loop in that", Header + """
            g (bool go, int64 n, float[N] x) => (float[N] y) <float four = {4}, int64 one = {1}, int64 two = {2}, float half = {0.5}> {
              y = Loop <body = step (int64 i, bool on, float[N] v) => (bool next, float[N] w) {
                odd = Equal(i, one)
                w = If <then_branch = t () => (float[N] b) {
                  b = Loop <body = inner (int64 j, bool still, float[N] u) => (bool same, float[N] s) {
                    same = Identity(still)
                    s = Add(u, x)
                  }> (two, , v)
                }, else_branch = e () => (float[N] c) { c = Mul(v, half) }> (odd)
                sum = ReduceSum <keepdims = 0> (w)
                next = Less(sum, four)
              }> (n, go, x)
            }
            """
        },
        {
            "a scan", Header + """
            g (bool go, int64 n, float[N] x) => (float[N] last, float[3, N] sums) <float[3, 1] w = {1, -2, 3}> {
              rows = Mul(w, x)
              last, sums = Scan <num_scan_inputs = 1, body = step (float[N] state, float[N] slice) => (float[N] next, float[N] sum) {
                next = Add(state, slice)
                sum = Tanh(next)
              }> (x, rows)
            }
            """
        },
        {
            "a carried value that grows", Header + """
            g (bool go, int64 n, float[N] x) => (float[m] y) <int64 three = {3}> {
              y = Loop <body = step (int64 i, bool on, float[p] v) => (bool next, float[q] w) {
                next = Identity(on)
                w = Concat <axis = 0> (v, x)
              }> (three, , x)
            }
            """
        },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_dump_of_any_stage_is_the_program(string what, string model)
    {
        using var folder = new ScratchFolder();
        Seq<MaxBinding> most = what.Contains("count", StringComparison.Ordinal) ? [new MaxBinding("y.rounds", 9)] : [];
        var graph = OnnxModel.Load(folder.Write("model.onnx", new OnnxSyntax(model).Model()), new(default, default, most)).Graph;
        foreach (var go in (double[])[1, 0])
            Check(graph, go == 1, Tensor.Of(Scalar.Bool, [], go), Tensor.Of([], 4L), Tensor.Of([5], 0.25f, -0.5f, 1f, 0f, 0.125f));
    }

    [SharedModelsTheory]
    [InlineData("silero_vad_v5")]
    public void A_dump_of_a_real_model_with_branches_is_the_program(string model)
    {
        var folder = Path.GetDirectoryName(SharedModels.PathOf(model))!;
        Check(OnnxModel.Load(SharedModels.PathOf(model)).Graph, true, [.. Enumerable.Range(0, 3).Select(i => Npy.Read(Path.Combine(folder, $"input_{i}.npy")))]);
    }

    /// <param name="onwards">Whether each dump is taken on to code too.</param>
    private static void Check(Graph graph, bool onwards, params Tensor[] inputs)
    {
        var stages = new Stages();
        var program = new Compilation(Machine).Run(graph, stages);
        Assert.Contains(program.Steps.Flat, s => s is Branch or Repeat);
        var (expected, end) = (Interpreter.Run(graph, inputs), (IrText.Print(program), Code(program)));
        foreach (var (i, module) in stages.All.Index())
        {
            var again = Read(module);
            Assert.Equal(Print(module), Print(again));
            var (made, repeated) = (Run(module, inputs), Run(again, inputs));
            foreach (var (one, two, right) in made.Zip(repeated, expected))
            {
                Assert.Equal(one.Shape, two.Shape);
                Assert.Equal(one.ToDoubles(), two.ToDoubles());
                Assert.Equal(right.Shape, one.Shape);
                Assert.True(Difference.Between(right, one).Share <= 1e-5, $"after {stages.Names[i]}: {right} is expected, {one} was made");
            }
            if (!onwards) continue;
            var taken = new Runner([.. PassList.All().Skip(i + 1)]).Run(again, new Compilation(Machine)).MustBeProgram;
            Assert.Equal(end, (IrText.Print(taken), Code(taken)));
        }
    }

    private static string Code(Program program) => KernelEmitter.Emit(program.Kernels, Target);

    private static string Print(Module module) => module.Graph is { } graph ? IrText.Print(graph) : IrText.Print(module.MustBeProgram);

    private static Module Read(Module module)
    {
        var file = IrText.Read(Print(module), new MemoryWeights(module.Graph is { } graph ? IrText.Outside(graph) : IrText.Outside(module.MustBeProgram)));
        return file.Program is { } program ? new(program) : new(file.Graphs.Single());
    }

    private static Tensor[] Run(Module module, Tensor[] inputs) => module.Graph is { } graph ? Interpreter.Run(graph, inputs) : Interpreter.Run(module.MustBeProgram, inputs);

    private sealed class Stages : IPassObserver
    {
        public List<Module> All { get; } = [];
        public List<string> Names { get; } = [];

        public void Ran(Pass pass, int number, Module module, TimeSpan time)
        {
            All.Add(module);
            Names.Add(pass.Name);
        }
    }
}
