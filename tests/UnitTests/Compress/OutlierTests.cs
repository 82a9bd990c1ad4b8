using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Compress;

/// <summary>What is kept apart costs its bytes, makes the layer's error less, and is multiplied as a part of its own.</summary>
public sealed class OutlierTests
{
    private static readonly ProductLayer Product = new(new MatMul(), [40, 64], [64, 24], 8);

    [Theory]
    [InlineData("rtn")]
    [InlineData("gptq")]
    public void Less_is_lost(string method)
    {
        var (plain, apart) = (Run($"weights=\"i3 group=16\", method={method}").Loss, Run($"weights=\"i3 group=16\", method={method}, outliers=0.05").Loss);
        Assert.True(apart.OutputError < 0.9 * plain.OutputError, $"{apart.OutputError} with outliers, {plain.OutputError} without");
        // Three of 64 inputs of each output, 32 bits each.
        Assert.Equal(plain.BytesAfter + 24 * 3 * 4, apart.BytesAfter);
    }

    [Fact]
    public void The_product_is_one_with_the_rest_and_sums_of_what_is_picked()
    {
        var graph = Run("weights=\"i3 group=16\", outliers=0.05").Graph;
        Assert.IsType<Outliers>(Assert.Single(graph.Weights).Type.Encoding);
        var contracted = PipelineReader.ReadLine("contract", "test").Passes[0].Run(new Module(graph), new Compilation(new Machine("test"))).MustBeGraph;
        Assert.DoesNotContain(contracted.Weights, w => w.Type.Encoding is Factored);
        Assert.Contains(contracted.Nodes, n => n.Op is Gather);
        var (whole, parts) = (Interpreter.Run(graph, [Product.Runs[0]])[0].ToDoubles(), Interpreter.Run(contracted, [Product.Runs[0]])[0].ToDoubles());
        Assert.All(whole.Zip(parts), p => Assert.Equal(p.First, p.Second, 1e-4 * whole.Max(Math.Abs)));
    }

    [Theory]
    [InlineData("outliers keep=0.3 (f16) + i4 axis=0")] // twelve of each output
    [InlineData("outliers keep=0.1 axis=1 input=0 (f32) + i4 axis=1")]
    public void A_number_is_that_of_the_rest_and_what_is_kept_of_it(string text)
    {
        var (format, shape) = ((Outliers)IrText.ReadEncoding(text), (Seq<Expr>)(text.Contains("input=0", StringComparison.Ordinal) ? [40, 5] : [5, 40]));
        float[] numbers = [.. Enumerable.Range(0, 200).Select(i => MathF.Sin(i * 1.3f) * (1 + i % 7))];
        var weight = new Value("w", new(shape, format), format.Encode(numbers, shape));
        var (places, kept, rest) = (format.Of(weight, "place", "p").Planes[0].ToArray<ushort>(), Decoded.Of(format.Of(weight, "kept", "k")), Decoded.Of(format.Of(weight, "rest", "r")));
        var count = (int)format.Count(shape);
        for (var i = 0; i < places.Length; i++) rest[format.Axis == 0 ? i / count * 40 + places[i] : places[i] * 5 + i / count] += kept[i];
        Assert.Equal(rest, Decoded.Of(weight));
    }

    [Fact]
    public void A_table_that_is_multiplied_with_too_is_one_stored_weight()
    {
        Value at = new("at", new([3], Scalar.I64)), table = new("table", new([24, 64], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, 24 * 64).Select(i => MathF.Sin(i * 0.37f))])]);
        var build = new GraphBuilder("tied", at);
        var rows = build.Add("rows", new Gather(), table, at);
        var graph = build.Return(build.Add("y", new MatMul(), rows, build.Add("turned", new Transpose(), table)));
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size);
        var quantized = PipelineReader.ReadLine("quantize(weights=\"i8 group=32\")", "test").Passes[0].Run(new Module(graph), compilation).MustBeGraph;
        Assert.IsType<Uniform>(Assert.Single(quantized.Weights).Type.Encoding);
        Assert.Equal(2, quantized.Nodes.Count(n => n.Reads.Any(v => v.IsWeight)));
        var index = Tensor.Of(Scalar.I64, [3], [5, 0, 23]);
        var (expected, found) = (Interpreter.Run(graph, [index])[0].ToDoubles(), Interpreter.Run(quantized, [index])[0].ToDoubles());
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 0.02 * expected.Max(Math.Abs)));
    }

    [Theory]
    [InlineData("weights=\"i3 group=16\", outliers=1.5", "outliers=1.5 is no share")]
    [InlineData("weights=\"vq\", outliers=0.1", "no codes beside which")]
    [InlineData("weights=\"i4 group=16\", outliers=0.1, activations=dynamic", "multiplied with reals")]
    public void What_cannot_be_is_said(string options, string part)
    {
        var fault = Assert.Single(Assert.Throws<DiagnosticException>(() => Run(options)).Diagnostics);
        Assert.Equal("LT3204", fault.Code);
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    private static (Graph Graph, LayerLoss Loss) Run(string options)
    {
        var compilation = new Compilation(new Machine("test"), objective: Objective.Size) { Calibration = Product.Calibration };
        var graph = PipelineReader.ReadLine($"quantize({options})", "test").Passes[0].Run(new Module(Product.Graph), compilation).MustBeGraph;
        return (graph, Assert.Single(compilation.Losses));
    }
}
