using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;
using Lathe.UnitTests.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Channels scaled for rounding: the graph computes what it did, the division goes where it costs nothing.</summary>
public sealed class InputScalingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_graph_computes_the_same_before_anything_is_rounded(bool normalized)
    {
        var (graph, compilation) = (Graph(normalized), new Compilation(Net.Machine));
        var uses = graph.Nodes.SelectMany(WeightUse.Of).Where(u => u.Weight.Name is "a" or "b").ToSeq();
        double[] factors = [.. Enumerable.Range(0, 6).Select(i => 0.25 + i)];
        var scaled = InputScaling.Apply(graph, [new(WeightUseInput(uses[0]), factors, uses)], compilation);
        var x = Tensor.Of([4, 6], [.. Enumerable.Range(0, 24).Select(i => MathF.Sin(i))]);
        foreach (var (before, after) in Interpreter.Run(graph, [x]).Zip(Interpreter.Run(scaled, [x]))) Assert.All(before.ToDoubles().Zip(after.ToDoubles()), p => Assert.Equal(p.First, p.Second, 1e-4));
        Assert.NotEqual(graph.Weights.First(w => w.Name == "a").Planes[0].Hash, scaled.Weights.First(w => w.Name == "a").Planes[0].Hash);
        // A normalization takes the division in; what comes from outside is divided.
        Assert.Equal(normalized ? 0 : 1, scaled.Nodes.Count(n => n.Op is Mul));
    }

    [Fact]
    public void Channels_scaled_by_what_they_are_multiplied_by_round_to_a_smaller_output_error()
    {
        var format = IrText.ReadEncoding("i3 group=8");
        Assert.True(Run(new(format, QuantizeMethod.Awq)).Losses.Single().OutputError < Run(new(format)).Losses.Single().OutputError);
    }

    [Fact]
    public void Outliers_of_an_input_move_into_the_weights()
    {
        var calibration = Run(new(IrText.ReadEncoding("i8"), Smooth: 0.5)).Calibration!;
        double Spread(string value) => calibration.Of(value)!.Channels is var c ? Enumerable.Range(0, c.Count).Max(c.AbsMax) / Enumerable.Range(0, c.Count).Average(c.AbsMax) : 0;
        Assert.True(Spread("x.scaled") < 0.8 * Spread("x"), $"{Spread("x.scaled")} {Spread("x")}");
    }

    private static Compilation Run(Quantize pass)
    {
        var problem = new ProductLayer(new MatMul(), [64, 24], [24, 8], 4);
        var compilation = new Compilation(Net.Machine, objective: Objective.Size) { Calibration = problem.Calibration };
        pass.Run(new Module(problem.Graph), compilation);
        return compilation;
    }

    private static Value WeightUseInput(WeightUse use) => Unfolding.Of(use)!.Input;

    private static Graph Graph(bool normalized)
    {
        var x = new Value("x", new([4, 6], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var made = normalized ? build.Add("n", new LayerNormalization(), x, Weight("gamma", [6]), Weight("beta", [6])) : x;
        var (a, b) = (build.Add("ya", new MatMul(), made, Weight("a", [6, 5])), build.Add("yb", new Gemm(TransB: true), made, Weight("b", [3, 6]), Weight("c", [3])));
        return build.Return(a, b);
    }

    private static Value Weight(string name, Seq<Expr> shape) => new(name, new(shape, Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (s, e) => s * e.Whole)).Select(i => MathF.Cos(i * 1.3f + name.Length + name[0]))])]);
}
