using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.OnnxTests.Peer;

/// <summary>Products with weights in blocks go out as MatMulNBits: read back they are the same types with the same bytes, and ONNX Runtime computes what the interpreter does.</summary>
public sealed class ExportedProductTests
{
    /// <summary>Of the largest number; f32 sums of 64 products in another order.</summary>
    private const double Share = 1e-5;

    [Theory]
    [InlineData("i4 group=32 scales=f16")]
    [InlineData("i4 group=16")]
    [InlineData("u4 group=16 scales=f16")]
    [InlineData("i8 group=64 scales=f16")]
    [InlineData("u8 group=32")]
    public void Read_back_they_are_the_same(string format)
    {
        var quantized = Quantized(format);
        var (again, told) = Exported(quantized);
        Assert.Equal(2, told.Count(name => name == "MatMulNBits"));
        Assert.DoesNotContain("DequantizeLinear", told);
        var adopted = Adopted(again);
        // Gemm's is stored by outputs; MatMulNBits does not say, and it comes back by inputs.
        Assert.Equal(Narrow(quantized)[0], Narrow(adopted)[0]);
        Assert.Equal(2, Narrow(adopted).Count);
        var inputs = Inputs(quantized);
        Assert.Equal(Interpreter.Run(quantized, inputs)[0].ToDoubles(), Interpreter.Run(adopted, inputs)[0].ToDoubles());
    }

    [PeerTheory]
    [InlineData("i4 group=32 scales=f16", "")]
    [InlineData("u4 group=16 scales=f16", "")]
    [InlineData("i8 group=64", "")]
    [InlineData("i4 group=32 scales=f16", ", activations=dynamic")]
    [InlineData("i8", ", activations=dynamic")]
    [InlineData("i8", ", activations=dynamic_tensor")]
    [InlineData("u8 axis=1 scales=f16", ", activations=dynamic_tensor")]
    public void The_peer_computes_the_same(string format, string more)
    {
        var quantized = Quantized(format, more);
        var folder = Directory.CreateTempSubdirectory("lathe-peer-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            File.WriteAllBytes(path, OnnxExport.Write(PlainGraph.Of(quantized, false, _ => { }))!);
            var inputs = Inputs(quantized);
            var (expected, found) = (Interpreter.Run(quantized, inputs)[0].ToDoubles(), OrtPeer.Run(path, [("x", inputs[0])], folder.FullName)[0].ToDoubles());
            var most = expected.Max(Math.Abs);
            Assert.True(most > 0);
            Assert.All(expected.Zip(found), p => Assert.True(Math.Abs(p.First - p.Second) <= Share * most, $"{p.First} here, {p.Second} there"));
        }
        finally { folder.Delete(true); }
    }

    /// <summary>What a run finds scales for is multiplied on codes there, too, and read back it is a product of whole numbers again.</summary>
    [Theory]
    [InlineData("dynamic", "QuantizeLinear")]
    [InlineData("dynamic_tensor", "DynamicQuantizeLinear")]
    public void Codes_that_a_run_makes_are_multiplied_as_they_are(string activations, string coded)
    {
        var quantized = Quantized("i8", $", activations={activations}");
        var (again, told) = Exported(quantized);
        Assert.Equal(2, told.Count(name => name == coded));
        Assert.Equal(2, told.Count(name => name == "MatMulInteger"));
        Assert.DoesNotContain("DequantizeLinear", told);
        var inputs = Inputs(quantized);
        var (expected, found) = (Interpreter.Run(quantized, inputs)[0].ToDoubles(), Interpreter.Run(again, inputs)[0].ToDoubles());
        Assert.All(expected.Zip(found), p => Assert.True(Math.Abs(p.First - p.Second) <= Share * expected.Max(Math.Abs), $"{p.First} here, {p.Second} read back"));
    }

    [Fact]
    public void A_table_that_rows_are_taken_of_too_is_stored_once()
    {
        Value index = new("i", new([3], Scalar.I64)), x = new("x", new([3, 64], Scalar.F32));
        var build = new GraphBuilder("tied", index, x);
        var format = IrText.ReadEncoding("i4 axis=0 group=16");
        var table = new Value("table", new([64, 64], format), format.Encode(Random("table", 64, 64).Planes[0].ToArray<float>(), [64, 64]));
        var rows = build.Add("rows", new Gather(), table, index);
        var told = Exported(build.Return(build.Add("y", new MatMul(), build.Add("sum", new Add(), rows, x), table))).Item2;
        Assert.Equal(["DequantizeLinear", "Gather", "Add", "MatMul"], told);
    }

    private static Graph Quantized(string format, string more = "")
    {
        var x = new Value("x", new([5, 64], Scalar.F32));
        var build = new GraphBuilder("two", x);
        var hidden = build.Add("hidden", new MatMul(), x, Random("w", 64, 128));
        return Quantize(build.Return(build.Add("y", new Gemm(TransB: true), hidden, Random("v", 24, 128), Random("b", 24))), format, more);
    }

    private static Graph Quantize(Graph graph, string format, string more) =>
        PipelineReader.ReadLine($"quantize(weights=\"{format}\"{more})", "test").Passes[0].Run(new Module(graph), new Compilation(new Machine("test"), objective: Objective.Size)).MustBeGraph;

    private static Graph Adopted(Graph graph) => PipelineReader.ReadLine("adopt_quantized", "test").Passes[0].Run(new Module(graph), new Compilation(new Machine("test"), objective: Objective.Size)).MustBeGraph;

    private static (Graph, List<string>) Exported(Graph graph)
    {
        var path = Path.GetTempFileName();
        try
        {
            var contents = OnnxExport.Write(PlainGraph.Of(graph, false, _ => { }))!;
            File.WriteAllBytes(path, contents);
            return (OnnxModel.Load(path).Graph, [.. Lathe.Onnx.Proto.ModelProto.Parser.ParseFrom(contents).Graph.Node.Select(n => n.OpType)]);
        }
        finally { File.Delete(path); }
    }

    /// <summary>Types and bytes of weights in few bits.</summary>
    private static List<string> Narrow(Graph graph) => [.. graph.Weights.Where(w => w.Type.Encoding is Uniform).Select(w => $"{w.Type} {string.Join(' ', w.Planes.Select(p => p.Hash))}")];

    private static Value Random(string name, params Seq<long> shape)
    {
        var random = new Random(shape.Count + (int)shape[0]);
        return new(name, new([.. shape.Select(e => (Expr)e)], Scalar.F32), [Bytes.Of<float>([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle() * 2 - 1)])]);
    }

    private static IReadOnlyList<Tensor> Inputs(Graph graph)
    {
        var random = new Random(7);
        return [.. graph.Inputs.Select(i => Tensor.Of(i.Type.Scalar, [.. i.Type.Shape.Select(e => e.Whole)], [.. Enumerable.Range(0, (int)i.Type.Count).Select(_ => (double)(random.NextSingle() * 2 - 1))]))];
    }
}
