using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What slicing promises: what lies in few directions is kept whole, matrices get smaller, and outputs are off by what the report says, of other data too.</summary>
public sealed class SliceStreamTests
{
    private const int Wide = 16, Rows = 64;

    private readonly Random random = new(3);
    private readonly Value x = new("x", new([Rows, 6], Scalar.F32));

    [Theory]
    [InlineData(false, StreamBasis.One)]
    [InlineData(false, StreamBasis.Each)]
    [InlineData(true, StreamBasis.One)]
    [InlineData(true, StreamBasis.Each)]
    public void What_lies_in_few_directions_is_kept_whole(bool centred, StreamBasis basis)
    {
        // Everything that is ever added lies in six directions.
        var graph = Stream(centred, Matrix(6, Wide, 1), postNorm: false, blocks: 2);
        var (sliced, notes) = Sliced(graph, 0.5, basis);
        Assert.Empty(Verifier.Check(sliced));
        Assert.InRange(Off(graph, sliced), 0, 1e-9);
        Assert.All(notes.Where(n => n.Text.Contains("directions are kept", StringComparison.Ordinal)), n => Assert.Contains("8 of 16 directions are kept, with 1.0000", n.Text, StringComparison.Ordinal));
        Assert.Equal(5, notes.Count(n => n.Text.Contains("directions are kept", StringComparison.Ordinal)));
        Assert.All(sliced.Weights.Where(w => w.Name is "in" or "out0" or "up0" or "head"), w => Assert.Contains(8L, w.Type.Shape.Select(e => e.Whole)));
    }

    [Theory]
    [InlineData(false, StreamBasis.One)]
    [InlineData(false, StreamBasis.Each)]
    [InlineData(true, StreamBasis.Each)]
    public void Outputs_are_off_by_what_is_said(bool postNorm, StreamBasis basis)
    {
        var graph = Stream(true, null, postNorm, blocks: 2);
        var (sliced, notes) = Sliced(graph, 0.25, basis);
        var said = notes.Single(n => n.Text.StartsWith("outputs are off by", StringComparison.Ordinal)).Text;
        var share = double.Parse(said.Split("off by ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(Off(graph, sliced), 0.7 * share, 1.4 * share);
        Assert.InRange(share, 1e-6, 0.3);
    }

    [Fact]
    public void A_normalization_is_found_however_it_is_written()
    {
        var build = new GraphBuilder("g", x);
        var one = Step(build, "a", x, centred: true, steps: true, 6);
        var two = Step(build, "b", one, centred: true, steps: false, 6);
        var three = Step(build, "c", two, centred: false, steps: true, 6);
        var found = Normalization.Of(build.Return(Step(build, "d", three, centred: false, steps: false, 6))).ToList();
        Assert.Equal(["x True", "a True", "b False", "c False"], found.Select(n => $"{n.Input.Name} {n.IsCentred}"));
        Assert.All(found, n => Assert.Equal(1e-3f, n.Epsilon));
        foreach (var norm in found)
        {
            var result = Assert.Single(norm.Results);
            var scale = Constants.Read(build.Nodes.SelectMany(s => s.Reads).First(v => v.Name == result.Value.Name + ".g"));
            Assert.All(scale.Zip(result.Scale), p => Assert.Equal(p.First, p.Second, 4));
        }
    }

    [Theory]
    [InlineData(0, "LT3237")]
    [InlineData(1, "LT3237")]
    [InlineData(0.01, "LT3238")]
    public void A_share_of_nothing_or_all_is_refused(double share, string code) =>
        Assert.Equal(code, Assert.Throws<DiagnosticException>(() => Sliced(Stream(true, null, false, 1), share, StreamBasis.One)).Diagnostics[0].Code);

    [Fact]
    public void What_reads_a_sum_as_it_is_keeps_it_and_is_named()
    {
        var graph = Stream(true, null, false, 1);
        var sum = graph.Nodes.First(n => n.Result.Name == "s0").Result;
        var fault = new Compilation(new Machine("test"));
        Assert.Equal("LT3238", Assert.Throws<DiagnosticException>(() => new SliceStream(0.5).Run(new Module(graph with { Outputs = [.. graph.Outputs, .. graph.Nodes.Select(n => n.Result).Where(v => v.Name is "s0" or "in.y" or "t0")] }), fault)).Diagnostics[0].Code);
        Assert.Contains(fault.Notes.Of("s0"), n => n.Text == $"{sum} keeps all directions: it is an output");
    }

    [Fact]
    public void Numbers_that_are_none_are_named()
    {
        var graph = Stream(true, null, false, 1);
        var bad = graph.Weights.First(w => w.Name == "head");
        var spoilt = new Value(bad.Name, bad.Type, [Bytes.Of<float>([float.NaN, .. bad.Planes[0].ToArray<float>().Skip(1)])]);
        var fault = Assert.Throws<DiagnosticException>(() => Sliced(graph.Map(v => v == bad ? spoilt : v), 0.5, StreamBasis.One)).Diagnostics[0];
        Assert.Equal("LT3233", fault.Code);
    }

    [Fact]
    public void Without_data_nothing_is_sliced() =>
        Assert.Equal("LT3235", Assert.Throws<DiagnosticException>(() => new SliceStream(0.5).Run(new Module(Stream(true, null, false, 1)), new(new Machine("test")))).Diagnostics[0].Code);

    /// <summary>Rows through an embedding, residual blocks with two normalizations each, a last normalization and a head.</summary>
    /// <param name="into">What everything that is added is a multiple of; null: anything.</param>
    private Graph Stream(bool centred, float[]? into, bool postNorm, int blocks)
    {
        var build = new GraphBuilder("g", x);
        Value Into(string name, Value data, int size) => into is null ? build.Add(name + ".y", new MatMul(), data, Weight(name, size, Wide, Decaying(size)))
            : build.Add(name + ".y", new MatMul(), data, Weight(name, size, Wide, Times(Matrix(size, 6, 0.5), into, size, 6)));
        var stream = Into("in", x, 6);
        for (var b = 0; b < blocks; b++)
        {
            var inner = postNorm ? stream : Step(build, $"n{b}", stream, centred, steps: b == 0, Wide);
            var hidden = build.Add($"r{b}", new Relu(), build.Add($"u{b}", new MatMul(), inner, Weight($"up{b}", Wide, 24, Matrix(Wide, 24, 0.4))));
            stream = build.Add($"s{b}", new Add(), stream, Into($"out{b}", hidden, 24));
            if (postNorm) stream = Step(build, $"p{b}", stream, centred, steps: b == 0, Wide);
            var second = postNorm ? stream : Step(build, $"m{b}", stream, centred, steps: b == 1, Wide);
            var more = build.Add($"q{b}", new Tanh(), build.Add($"v{b}", new MatMul(), second, Weight($"over{b}", Wide, 20, Matrix(Wide, 20, 0.4))));
            stream = build.Add($"t{b}", new Add(), stream, Into($"back{b}", more, 20));
            if (postNorm) stream = Step(build, $"z{b}", stream, centred, steps: false, Wide);
        }
        var last = postNorm ? stream : Step(build, "last", stream, centred, steps: true, Wide);
        return build.Return(build.Add("y", new MatMul(), last, Weight("head", Wide, 5, Matrix(Wide, 5, 0.4))));
    }

    /// <summary>One normalization, in its steps or as one operator.</summary>
    private Value Step(GraphBuilder build, string name, Value of, bool centred, bool steps, int wide)
    {
        var g = new Value(name + ".g", new([wide], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, wide).Select(i => 0.5f + i / (float)wide)])]);
        var b = new Value(name + ".b", new([wide], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, wide).Select(i => 0.1f * (i % 3))])]);
        if (!steps) return centred ? build.Add([name], new LayerNormalization(-1, 1e-3f), [of, g, b])[0] : build.Add(name, new RMSNormalization(-1, 1e-3f), of, g);
        var last = Constants.Wholes(name + ".last", -1);
        var less = centred ? build.Add(name + ".less", new Sub(), of, build.Add(name + ".mean", new ReduceMean(), of, last)) : of;
        var square = build.Add(name + ".square", new ReduceMean(), build.Add(name + ".two", new Mul(), less, less), last);
        var root = build.Add(name + ".root", new Sqrt(), build.Add(name + ".more", new Add(), square, new Value(name + ".e", new([], Scalar.F32), [Bytes.Of<float>([1e-3f])])));
        var scaled = build.Add(name + (centred ? ".scaled" : ""), new Mul(), build.Add(name + ".divided", new Div(), less, root), g);
        return centred ? build.Add(name, new Add(), scaled, b) : scaled;
    }

    private (Graph, List<Note>) Sliced(Graph graph, double share, StreamBasis basis)
    {
        var (seen, unseen) = (Data(), Data());
        var compilation = new Compilation(new Machine("test")) { Watcher = (g, values) => [RandomStream.Statistics(g, values, seen), RandomStream.Statistics(g, values, unseen)] };
        return (new SliceStream(share, basis).Run(new Module(graph), compilation).MustBeGraph, [.. compilation.Notes.All]);
    }

    private double Off(Graph before, Graph after)
    {
        var (off, whole) = (0.0, 0.0);
        foreach (var run in Data()) foreach (var (a, b) in Interpreter.Run(before, [run])[0].ToDoubles().Zip(Interpreter.Run(after, [run])[0].ToDoubles())) (off, whole) = (off + (a - b) * (a - b), whole + a * a);
        return off / whole;
    }

    private List<Tensor> Data() => [.. Enumerable.Range(0, 12).Select(_ => Tensor.Of([Rows, 6], Matrix(Rows, 6, 1)))];

    private static Value Weight(string name, int rows, int columns, float[] numbers) => new(name, new([rows, columns], Scalar.F32), [Bytes.Of<float>(numbers)]);

    private float[] Matrix(int rows, int columns, double size) => [.. Enumerable.Range(0, rows * columns).Select(_ => (float)((random.NextDouble() * 2 - 1) * size))];

    /// <summary>Columns that matter less and less.</summary>
    private float[] Decaying(int rows) => [.. Matrix(rows, Wide, 0.6).Select((w, i) => w * MathF.Pow(0.75f, i % Wide))];

    private static float[] Times(float[] a, float[] b, int rows, int depth) => [.. Enumerable.Range(0, rows * Wide).Select(i => Enumerable.Range(0, depth).Sum(k => a[i / Wide * depth + k] * b[k * Wide + i % Wide]))];
}
