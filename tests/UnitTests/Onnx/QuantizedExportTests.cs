using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Onnx;

namespace Lathe.UnitTests.Onnx;

/// <summary>What is stored small is exported as ONNX's own forms, and reads back as the same numbers.</summary>
public sealed class QuantizedExportTests
{
    private static readonly Seq<Expr> Shape = [40, 6];
    private static readonly float[] Numbers = [.. Enumerable.Range(0, 240).Select(i => MathF.Sin(i * 1.7f) * (1 + i % 6))];

    [Theory]
    [InlineData("i8 axis=1")]
    [InlineData("u8 axis=1")]
    [InlineData("i4 axis=0 group=16 scales=f16")]
    [InlineData("u4 axis=0 group=16")]
    [InlineData("i2 axis=0 group=8")]
    [InlineData("i8 scale=0.05")]
    [InlineData("narrow kind=f16")]
    [InlineData("narrow kind=bf16")]
    public void A_stored_weight_reads_back_as_the_same_numbers(string format)
    {
        var encoding = IrText.ReadEncoding(format);
        var weight = new Value("w", new(Shape, encoding), encoding.Encode(Numbers, Shape));
        var again = Again(Product(weight), false);
        Assert.DoesNotContain(again.Weights, w => w.Type.Scalar == Scalar.F32 && w.Type.Count == 240);
        var x = Tensor.Of([3, 40], [.. Enumerable.Range(0, 120).Select(i => MathF.Cos(i))]);
        Assert.Equal(Interpreter.Run(Product(weight), [x])[0].Bytes.ToArray<float>(), Interpreter.Run(again, [x])[0].Bytes.ToArray<float>());
    }

    [Fact]
    public void A_value_in_steps_is_quantized_and_dequantized()
    {
        var x = new Value("x", new([3, 40], Scalar.F32));
        var builder = new GraphBuilder("main", x);
        var graph = builder.Return(builder.Add("y", new Relu(), builder.Add("coded", new Encode(new Stepped(new Code(false, 8), 0.01f, 100)), x)));
        var again = Again(graph, false);
        Assert.Equal(["QuantizeLinear", "DequantizeLinear", "Relu"], again.Nodes.Select(n => n.Op.GetType().Name));
        var numbers = Tensor.Of([3, 40], [.. Enumerable.Range(0, 120).Select(i => MathF.Cos(i) * 2)]);
        Assert.Equal(Interpreter.Run(graph, [numbers])[0].Bytes.ToArray<float>(), Interpreter.Run(again, [numbers])[0].Bytes.ToArray<float>());
    }

    [Fact]
    public void A_format_without_a_form_is_named_and_becomes_f32_where_that_is_asked_for()
    {
        var encoding = IrText.ReadEncoding("nf4 axis=0 group=16");
        var graph = Product(new Value("w", new(Shape, encoding), encoding.Encode(Numbers, Shape)));
        var fault = Assert.Single(Assert.Throws<DiagnosticException>(() => Again(graph, false)).Diagnostics);
        Assert.Equal(("LT1401", "w"), (fault.Code, fault.Where));
        var weight = Assert.Single(Again(graph, true).Weights);
        Assert.Equal(Scalar.F32, weight.Type.Scalar);
    }

    private static Graph Product(Value weight)
    {
        var x = new Value("x", new([3, 40], Scalar.F32));
        var builder = new GraphBuilder("main", x);
        return builder.Return(builder.Add("y", new MatMul(), x, weight));
    }

    private static Graph Again(Graph graph, bool decode)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, OnnxExport.Write(PlainGraph.Of(graph, decode, _ => { }))!);
            return OnnxModel.Load(path).Graph;
        }
        finally { File.Delete(path); }
    }
}
