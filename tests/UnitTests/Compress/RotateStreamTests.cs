using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Ir.Algebra;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What turning a stream promises: the model computes the same with no step more, and bytes lose less where channels stood out.</summary>
public sealed class RotateStreamTests
{
    private const int Wide = 32, Rows = 48;

    private readonly Random random = new(6);

    [Theory]
    [InlineData(true, Wide)]
    [InlineData(true, 24)] // no power of 2
    [InlineData(false, Wide)]
    [InlineData(false, 20)]
    public void The_same_is_computed_in_as_many_products(bool centred, int wide)
    {
        var graph = Stream(centred, wide);
        var turned = Turned(graph);
        Assert.Empty(Verifier.Check(turned));
        Assert.Equal(graph.Nodes.Count(n => n.Op is MatMul), turned.Nodes.Count(n => n.Op is MatMul));
        Assert.InRange(Off(graph, turned), 0, 1e-10);
        Assert.NotEqual(graph.Weights.First(w => w.Name == "in").Planes[0].ToArray<float>(), turned.Weights.First(w => w.Name == "in").Planes[0].ToArray<float>());
    }

    /// <summary>Streams that are met in other ways: whatever is turned, the model computes the same and its output keeps its name.</summary>
    [Theory]
    [InlineData("mixed")] // a sum whose mean goes is a term of one whose mean stays
    [InlineData("linear")] // a product reads the sum beside its normalization
    [InlineData("twice")] // what a normalization gives is normalized again
    [InlineData("behind")] // a block's own normalization, in steps, stands before the sum
    [InlineData("double")] // a sum of a value and itself
    [InlineData("output")] // the model gives a normalization back
    public void Whatever_else_reads_a_stream_reads_the_same(string how)
    {
        Value x = new("x", new([Rows, 6], Scalar.F32));
        var build = new GraphBuilder("g", x);
        Value Into(string name, Value of, int inputs, int outputs) => build.Add(name, new MatMul(), of, Weight(name + ".w", inputs, outputs));
        var stream = build.Add("s", new Add(), Into("in", x, 6, Wide), Constants.Of("row", new([Wide], Scalar.F32), [.. Enumerable.Range(0, Wide).Select(c => c * 0.1)]));
        var block = Into("out", build.Add("h", new Relu(), Into("up", how == "twice" ? Normal(build, "n", Steps(build, "e", stream), true, Wide) : Normal(build, "n", stream, true, Wide), Wide, 40)), 40, Wide);
        stream = how switch
        {
            "mixed" or "output" or "twice" => build.Add("s1", new Add(), stream, block),
            "linear" => build.Add("s1", new Add(), build.Add("s0", new Add(), stream, Into("lin", stream, Wide, Wide)), block),
            "behind" => build.Add("s1", new Add(), stream, Steps(build, "after", block)),
            _ => build.Add("s1", new Add(), build.Add("s0", new Add(), stream, stream), block),
        };
        var last = Normal(build, "last", stream, how != "mixed", Wide);
        var graph = build.Return(how == "output" ? last : Into("y", last, Wide, 10));
        var after = Turned(graph);
        // Something is turned in each: all weights together are no longer those.
        Assert.NotEqual(graph.Weights.SelectMany(w => Constants.Read(w)), after.Weights.SelectMany(w => Constants.Read(w)));
        Assert.Empty(Verifier.Check(after));
        Assert.Equal(graph.Outputs.Select(v => v.Name), after.Outputs.Select(v => v.Name));
        Assert.InRange(Off(graph, after), 0, 1e-9);
    }

    /// <summary>A normalization in the steps that exporters write, with a bias.</summary>
    private Value Steps(GraphBuilder build, string name, Value x)
    {
        var along = Constants.Wholes($"{name}.along", -1);
        Value Row(string what) => Constants.Of($"{name}.{what}", new([Wide], Scalar.F32), [.. Enumerable.Range(0, Wide).Select(_ => 0.5 + random.NextDouble())]);
        var centred = build.Add($"{name}.centred", new Sub(), x, build.Add($"{name}.mean", new ReduceMean(), x, along));
        var variance = build.Add($"{name}.variance", new ReduceMean(), build.Add($"{name}.square", new Mul(), centred, centred), along);
        var norm = build.Add($"{name}.norm", new Sqrt(), build.Add($"{name}.more", new Add(), variance, Constants.Of($"{name}.epsilon", new([], Scalar.F32), [1e-5])));
        return build.Add(name, new Add(), build.Add($"{name}.scaled", new Mul(), build.Add($"{name}.normal", new Div(), centred, norm), Row("g")), Row("b"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bytes_lose_less_where_channels_stand_out(bool centred)
    {
        var graph = Stream(centred, Wide, loud: 30);
        double Lost(Graph of) => Off(graph, Quantized(of));
        var (before, after) = (Lost(graph), Lost(Turned(graph)));
        Assert.True(after < 0.7 * before, $"{before} as it is, {after} turned");
    }

    [Property(MaxTest = 40)]
    public Property Rows_are_of_length_one_and_orthogonal_and_no_number_stands_out() => Prop.ForAll(Gen.Choose(1, 80).ToArbitrary(), ArbMap.Default.ArbFor<bool>(), (size, signs) =>
    {
        var rows = Hadamard.Of(size, seed: size, signs).Chunk(size).ToList();
        var odd = size;
        while (odd % 2 == 0) odd /= 2;
        return rows.Index().All(a => rows.Index().All(b => Math.Abs(a.Item.Zip(b.Item).Sum(p => p.First * p.Second) - (a.Index == b.Index ? 1 : 0)) < 1e-9))
            && rows.All(row => row.All(v => Math.Abs(v) <= Math.Sqrt((odd == 1 ? 1.0 : 2.0) / size) + 1e-9)) && (signs || rows[0].All(v => Math.Abs(v - rows[0][0]) < 1e-12));
    });

    [Fact]
    public void What_is_not_normalized_is_not_turned()
    {
        Value x = new("x", new([Rows, 6], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var graph = build.Return(build.Add("y", new Relu(), build.Add("p", new MatMul(), x, Weight("w", 6, 8))));
        Assert.Equal("LT3247", Assert.Single(Assert.Throws<DiagnosticException>(() => Turned(graph)).Diagnostics).Code);
    }

    /// <summary>Two blocks over a stream in which two channels are always so much larger than the others, as those of trained models are, and what reads them multiplies them by as much less.</summary>
    private Graph Stream(bool centred, int wide, double loud = 1)
    {
        Value x = new("x", new([Rows, 6], Scalar.F32));
        var build = new GraphBuilder("g", x);
        var stream = build.Add("s", new Add(), build.Add("x.in", new MatMul(), x, Weight("in", 6, wide)), Constants.Of("row", new([wide], Scalar.F32), [.. Enumerable.Range(0, wide).Select(c => c is 3 or 11 ? c == 3 ? loud : -loud : 0)]));
        for (var i = 0; i < 2; i++)
        {
            var hidden = build.Add($"h{i}", new Relu(), build.Add($"u{i}", new MatMul(), Normal(build, $"n{i}", stream, centred, wide), Weight($"up{i}", wide, 40, 1 / loud)));
            stream = build.Add($"s{i}", new Add(), stream, build.Add($"o{i}", new MatMul(), hidden, Weight($"out{i}", 40, wide)));
        }
        return build.Return(build.Add("y", new MatMul(), Normal(build, "last", stream, centred, wide), Weight("head", wide, 10, 1 / loud)));
    }

    private Value Normal(GraphBuilder build, string name, Value x, bool centred, int wide)
    {
        var scale = Constants.Of(name + ".g", new([wide], Scalar.F32), [.. Enumerable.Range(0, wide).Select(_ => 0.5 + random.NextDouble())]);
        return centred ? build.Add([name], new LayerNormalization(-1, 1e-5f), [x, scale, Constants.Of(name + ".b", new([wide], Scalar.F32), [.. Enumerable.Range(0, wide).Select(_ => random.NextDouble() - 0.5)])])[0] : build.Add(name, new RMSNormalization(-1, 1e-5f), x, scale);
    }

    private Value Weight(string name, int rows, int columns, double quiet = 1) =>
        Constants.Of(name, new([rows, columns], Scalar.F32), [.. Enumerable.Range(0, rows * columns).Select(i => (random.NextDouble() - 0.5) * (i / columns is 3 or 11 ? quiet : 1))]);

    private static Graph Turned(Graph graph) => new RotateStream().Run(new Module(graph), new(new Machine("test"))).MustBeGraph;

    private static Graph Quantized(Graph graph) => PipelineReader.ReadLine("quantize(weights=\"i8 axis=1\", activations=dynamic)", "test").Passes[0].Run(new Module(graph), new Compilation(new Machine("test"), objective: Objective.Size)).MustBeGraph;

    private static double Off(Graph before, Graph after)
    {
        var random = new Random(8);
        var x = Tensor.Of([Rows, 6], [.. Enumerable.Range(0, Rows * 6).Select(_ => (float)(random.NextDouble() * 2 - 1))]);
        var (y, other) = (Interpreter.Run(before, [x])[0].ToDoubles(), Interpreter.Run(after, [x])[0].ToDoubles());
        return y.Zip(other).Sum(p => (p.First - p.Second) * (p.First - p.Second)) / y.Sum(v => v * v);
    }
}
