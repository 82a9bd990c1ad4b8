using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>Outputs that rounding costs the model most are kept in i8, wherever they are; a product is one with each part.</summary>
public sealed class MixedRowsTests
{
    [Fact]
    public void Outputs_are_ranked_over_all_layers()
    {
        var (graph, compilation) = Run("weights=\"i4 group=16\", mixed_rows=0.25");
        // The last layer's outputs are the model's; %h's hardly reach it.
        var (first, last) = (graph.Weights.First(w => w.Name == "v"), graph.Weights.First(w => w.Name == "w"));
        Assert.IsType<Uniform>(first.Type.Encoding);
        var mixed = Assert.IsType<MixedRows>(last.Type.Encoding);
        Assert.Equal(14, mixed.Rows); // a quarter of 24 and 32
        var places = mixed.Of(last, "place", "p").Planes[0].ToArray<ushort>();
        Assert.Equal(Enumerable.Range(0, 24), places.Select(p => (int)p).Order());
        // Every third output has ten times the numbers of others.
        Assert.All(Enumerable.Range(0, 24).Where(o => o % 3 == 0), o => Assert.True(places[o] < 14, $"output {o} is not kept"));
        var (plain, kept) = (Loss(Run("weights=\"i4 group=16\"").Compilation), Loss(compilation));
        Assert.True(kept < 0.3 * plain, $"{kept} with outputs kept, {plain} without");

        static double Loss(Compilation c) => c.Losses.Single(l => l.Weight == "w").Error;
    }

    [Theory]
    [InlineData("")]
    [InlineData(", activations=dynamic")]
    [InlineData(", method=gptq")]
    public void A_product_is_one_with_each_part(string more)
    {
        var (graph, _) = Run("weights=\"i4 group=16\", mixed_rows=0.25" + more);
        var contracted = PipelineReader.ReadLine("contract", "test").Passes[0].Run(new Module(graph), new Compilation(new Machine("test"))).MustBeGraph;
        Assert.DoesNotContain(contracted.Weights, w => w.Type.Encoding is Factored);
        Assert.Contains(contracted.Nodes, n => n.Op is Concat);
        if (more.Contains("dynamic", StringComparison.Ordinal))
            Assert.Equal(3, new Compilation(new Machine("test")).Run(contracted).Steps.Calls.Count(c => c.Info!.Template.StartsWith("dots", StringComparison.Ordinal)));
        var input = Data(3);
        var (whole, parts) = (Interpreter.Run(graph, [input])[0].ToDoubles(), Interpreter.Run(contracted, [input])[0].ToDoubles());
        Assert.All(whole.Zip(parts), p => Assert.Equal(p.First, p.Second, 1e-5 * whole.Max(Math.Abs)));
    }

    [Theory]
    [InlineData("mixed_rows rows=2 (i8) + i4 group=16")]
    [InlineData("mixed_rows rows=3 axis=1 input=0 (i8) + i4 axis=1")]
    [InlineData("mixed_rows rows=1 (f16) + dual_grained axis=1 group=16 channel=0")]
    public void Those_are_kept_that_the_other_format_is_furthest_off_from(string text)
    {
        var (format, shape) = ((MixedRows)IrText.ReadEncoding(text), (Seq<Expr>)(text.Contains("input=0", StringComparison.Ordinal) ? [40, 5] : [5, 40]));
        Assert.Equal(text, format.ToString());
        float[] numbers = [.. Enumerable.Range(0, 200).Select(i => MathF.Sin(i * 1.3f) * (1 + (format.Axis == 0 ? i / 40 : i % 5)))];
        var read = Decoded.Of(new Value("w", new(shape, format), format.Encode(numbers, shape)));
        double Off(int output) => Enumerable.Range(0, 200).Where(i => (format.Axis == 0 ? i / 40 : i % 5) == output).Max(i => Math.Abs(read[i] - numbers[i]));
        // Those kept are off by less than any other, though they are the largest.
        var worst = Enumerable.Range(5 - (int)format.Rows, (int)format.Rows).Max(Off);
        Assert.All(Enumerable.Range(1, 4 - (int)format.Rows), output => Assert.True(Off(output) > 2 * worst, $"output {output} is off by {Off(output)}, those kept by {worst}"));
    }

    [Theory]
    [InlineData("weights=\"i4 group=16\", mixed_rows=1.5", "LT3204")]
    [InlineData("weights=\"vq\", mixed_rows=0.1", "LT3204")]
    [InlineData("weights=\"i4 group=8 axis=1\", mixed_rows=0.3", "LT3204")]
    [InlineData("weights=\"i4 group=16\", mixed_rows=0.1, outliers=0.1", "LT3204")]
    public void What_cannot_be_is_said(string options, string code) => Assert.Equal(code, Assert.Single(Assert.Throws<DiagnosticException>(() => Run(options)).Diagnostics).Code);

    [Fact]
    public void Without_data_nothing_is_ranked() =>
        Assert.Equal("LT3205", Assert.Single(Assert.Throws<DiagnosticException>(() => PipelineReader.ReadLine("quantize(weights=\"i4 group=16\", mixed_rows=0.1)", "test").Passes[0].Run(new Module(Two()), new(new Machine("test"), objective: Objective.Size))).Diagnostics).Code);

    private static (Graph Graph, Compilation Compilation) Run(string options)
    {
        var graph = Two();
        var grams = new GramObserver(graph);
        IReadOnlyList<Tensor> runs = [Data(1), Data(2)];
        foreach (var run in runs) grams.Add(new Dictionary<string, Tensor> { ["x"] = run, ["h"] = Interpreter.Run(graph with { Outputs = [graph.Nodes[0].Result] }, [run])[0] }, default);
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size)
        {
            Calibration = new("", "", runs.Count, new Dictionary<string, ValueStatistics>(), grams.Results),
            Watcher = (side, values) => [Statistics(side, values, runs)],
        };
        return (PipelineReader.ReadLine($"quantize({options})", "test").Passes[0].Run(new Module(graph), compilation).MustBeGraph, compilation);
    }

    private static Calibration Statistics(Graph graph, IReadOnlyCollection<Value> values, IReadOnlyList<Tensor> runs)
    {
        var seen = new Dictionary<string, ValueStatistics>();
        foreach (var value in values)
        {
            var observer = new ValueObserver(value.Name, Observations.Of(graph)[value]);
            foreach (var run in runs) observer.Add(Interpreter.Run(graph with { Outputs = [value] }, [run])[0]);
            seen[value.Name] = observer.Result()!;
        }
        return new("", "", runs.Count, seen, new Dictionary<string, Gram>());
    }

    /// <summary>y = x·w + 1e-3·(x·v)·u: what %v is rounded by hardly shows.</summary>
    private static Graph Two()
    {
        var x = new Value("x", new([10, 64], Scalar.F32));
        var build = new GraphBuilder("two", x);
        var hidden = build.Add("h", new MatMul(), x, Weight("v", 64, 32, _ => 1));
        var large = build.Add("y1", new MatMul(), x, Weight("w", 64, 24, output => output % 3 == 0 ? 10 : 1));
        var small = build.Add("y2", new Mul(), build.Add("sum", new ReduceSum(), hidden, new Value("axes", new([1], Scalar.I64), [Bytes.Of<long>([1])])), new Value("c", new([], Scalar.F32), [Bytes.Of<float>([1e-3f])]));
        return build.Return(build.Add("y", new Add(), large, small));
    }

    private static Value Weight(string name, int inputs, int outputs, Func<int, float> size)
    {
        var random = new Random(inputs + outputs);
        return new(name, new([inputs, outputs], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, inputs * outputs).Select(i => (random.NextSingle() * 2 - 1) * size(i % outputs))])]);
    }

    private static Tensor Data(int seed)
    {
        var random = new Random(seed);
        return Tensor.Of((Seq<long>)[10, 64], [.. Enumerable.Range(0, 640).Select(_ => random.NextSingle() * 2 - 1)]);
    }
}
