using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Text;

public sealed class GraphTextTests
{
    public static TheoryData<string> Verbs => [.. Operators.All.Select(t => RecordText.Snake(t.Name))];

    [Property(MaxTest = 150)]
    public void Whatever_prints_reads_back_equal(int seed)
    {
        var graph = new RandomGraphs(seed).Graph();
        AssertSame(graph, Again(graph));
    }

    [Property(MaxTest = 50)]
    public void Groups_read_back_equal(int seed)
    {
        var graph = new Runner([.. PassList.All().Where(p => p.Stage <= Stage.Layout)]).Run(new(new RandomGraphs(seed).Graph()), new Compilation(new Machine("test"))).MustBeGraph;
        AssertSame(graph, Again(graph));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_operators_uses_read_back_equal_at_every_stage(string verb)
    {
        foreach (var example in Operators.Examples(Operators.Find(verb)!))
        {
            Seq<Value?> operands = [.. example.Operands.Select((operand, i) => operand is null ? null : Operand($"x{i}", operand))];
            var builder = new GraphBuilder("use", operands.OfType<Value>().Where(v => !v.IsWeight).Distinct());
            var graph = builder.Return([.. builder.Add(["y"], example.Op, operands)]);
            AssertSame(graph, Again(graph));
            if (example.Op is not (FormulaOp or StatementOp)) continue;
            var kernel = Lowering.Lower(graph.Nodes[0]);
            AssertSame(kernel);
            var scheduled = Scheduler.Schedule(kernel, new Machine("test"), kernel.Inputs.Select(b => b.Name).Where(name => name != "x0").ToHashSet());
            AssertSame(scheduled.Kernel);
            foreach (var once in scheduled.Once) AssertSame(once);
        }
    }

    [Fact]
    public void Regions_print_and_read_back()
    {
        var type = new TensorType([3], Scalar.F32);
        Value x = new("x", type), outer = new("outer", type), inner = new("inner", type);
        var (go, other) = (new Value("go", new([], Scalar.Bool)), new Value("other", new([3], Scalar.F32)));
        var (then, @else) = (new Graph("then", [], [new Node(new Relu(), [x], [inner])], [inner]), new Graph("else", [], [new Node(new Neg(), [x], [other])], [other]));
        var graph = new Graph("main", [x, go], [new Node(new If(), [go], [outer], [then, @else])], [outer]);
        Assert.Equal("""
            graph main(%x: tensor<3, f32>, %go: tensor<bool>) -> tensor<3, f32> {
              %outer = if(%go) : tensor<3, f32> {
                graph then() -> tensor<3, f32> {
                  %inner = relu(%x) : tensor<3, f32>
                  return %inner
                }
                graph "else"() -> tensor<3, f32> {
                  %other = neg(%x) : tensor<3, f32>
                  return %other
                }
              }
              return %outer
            }

            """, IrText.Print(graph));
        AssertSame(graph, Again(graph));
    }

    [Fact]
    public void Contents_that_follow_from_operands_are_not_said_others_are()
    {
        var n = Symbol.Of("n", 1, 9);
        var x = new Value("x", new([n, 3], Scalar.F32));
        var graph = new GraphBuilder("main", x);
        var followed = graph.Add("s", new Shape(), x);
        var whole = graph.Return(followed);
        Assert.Contains("%s = shape(%x) : tensor<2, i64>\n", IrText.Print(whole), StringComparison.Ordinal);
        Assert.Equal([n, 3], Again(whole).Outputs[0].Known!.Value);
        var said = new Value("s", followed.Type, default, (Seq<Expr>)[n + 1, 3]);
        var other = whole with { Nodes = [new(new Shape(), [x], [said])], Outputs = [said] };
        Assert.Contains("%s = shape(%x) : tensor<2, i64> = [n + 1, 3]\n", IrText.Print(other), StringComparison.Ordinal);
        AssertSame(other, Again(other));
    }

    [Fact]
    public void Small_weights_keep_their_bits()
    {
        foreach (var kind in Enum.GetValues<Scalar>().Where(k => k.Bits is > 0 and <= 64 && !k.IsComplex))
        {
            var random = new Random((int)kind);
            var bytes = new byte[kind.Bytes(8)];
            random.NextBytes(bytes);
            if (kind == Scalar.Bool) for (var i = 0; i < bytes.Length; i++) bytes[i] &= 1;
            var weight = new Value("w", new TensorType([8], kind), [Bytes.Of(bytes)]);
            var graph = new Graph("main", [], [], [weight]);
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Again(graph).Outputs[0].Planes[0].Span(0, bytes.Length)));
        }
    }

    private static Value Operand(string name, Operand operand)
    {
        if (operand.Values is not { } values) return new(name, operand.Type);
        var bytes = new byte[operand.Type.Scalar.Bytes(values.Count)];
        for (var i = 0; i < values.Count; i++) Numbers.Write(operand.Type.Scalar, bytes, i, values[i]);
        return new(name, operand.Type, [Bytes.Of(bytes)]);
    }

    private static Graph Again(Graph graph) => IrText.Read(IrText.Print(graph), new MemoryWeights(IrText.Outside(graph))).Graphs.Single();

    private static void AssertSame(Kernel kernel)
    {
        var again = IrText.Read(IrText.Print(kernel)).Kernels.Single();
        Assert.Equal(IrText.Print(kernel), IrText.Print(again));
        Assert.Equal(KernelShape.Of(Canonical.Of(kernel)), KernelShape.Of(again));
    }

    /// <summary>Equal in text, and node by node in all that text is made of.</summary>
    private static void AssertSame(Graph expected, Graph actual)
    {
        Assert.Equal(IrText.Print(expected), IrText.Print(actual));
        Assert.Equal(expected.Guards, actual.Guards);
        Assert.Equal(expected.Weights.SelectMany(w => w.Planes).Select(p => p.Hash), actual.Weights.SelectMany(w => w.Planes).Select(p => p.Hash));
        Assert.Equal(expected.Nodes.Count, actual.Nodes.Count);
        AssertSame(expected.Inputs, actual.Inputs);
        foreach (var (x, y) in expected.Nodes.Zip(actual.Nodes))
        {
            Assert.Equal(x.Op, y.Op);
            Assert.Equal(x.Operands.Select(v => v?.ToString()), y.Operands.Select(v => v?.ToString()));
            AssertSame(x.Results, y.Results);
            foreach (var (a, b) in x.Regions.Zip(y.Regions)) AssertSame(a, b);
        }
    }

    private static void AssertSame(Seq<Value> expected, Seq<Value> actual)
    {
        Assert.Equal(expected.Select(v => v.Name), actual.Select(v => v.Name));
        Assert.Equal(expected.Select(v => v.Type), actual.Select(v => v.Type));
        Assert.Equal(expected.Select(v => v.Known), actual.Select(v => v.Known));
    }
}
