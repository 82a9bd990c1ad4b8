using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>Dimensions of inputs: fixed, named, unnamed, and as the user binds them.</summary>
public sealed class DimensionTests
{
    private static OnnxFile Two(object? first, object? second) => new OnnxFile().Input("x", first, 3).Input("z", second, 3).Node("Relu", "x", "a").Node("Relu", "z", "b").Output("a").Output("b");

    private static string Types(OnnxFile file, params string[] dims) => string.Join(" ", file.Load(dims).Graph.Outputs.Select(o => o.Type));

    [Fact]
    public void Named_dimensions_are_one_wherever_they_stand()
    {
        using var file = Two("N", "N");
        Assert.Equal("tensor<[N, 3], f32> tensor<[N, 3], f32>", Types(file));
        Assert.Equal("tensor<4x3, f32> tensor<4x3, f32>", Types(file, "N=4"));
        Assert.Equal("tensor<4x3, f32> tensor<4x3, f32>", Types(file, "x.0=4"));
        var symbol = Assert.IsType<Ir.Symbol>(file.Load("N=2..8").Graph.Outputs[0].Type.Shape[0]);
        Assert.Equal((2L, 8L), (symbol.Low, symbol.High));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("?", "?")]
    [InlineData(-1, -1)]
    public void Unnamed_dimensions_are_called_after_their_input(object? first, object? second)
    {
        using var file = Two(first, second);
        Assert.Equal("tensor<[x.0, 3], f32> tensor<[z.0, 3], f32>", Types(file));
        Assert.Equal("tensor<[x.0, 3], f32> tensor<7x3, f32>", Types(file, "z.0=7"));
    }

    [Fact]
    public void An_unnamed_dimension_does_not_take_the_name_of_another()
    {
        using var file = Two(null, "x.0");
        Assert.Equal("tensor<[x.0_, 3], f32> tensor<[x.0, 3], f32>", Types(file));
    }

    [Fact]
    public void Bindings_that_bind_nothing_or_too_much_are_diagnosed()
    {
        using var file = Two("N", null);
        Assert.Equal(
        [
            "LT1302 : --dim M=2: the model has no such dimension",
            "LT1303 : --dim x.1=4: the model fixes this dimension to 3",
            "LT1304 : --dim N=2 and --dim x.0=3 bind one dimension",
        ], file.Faults("M=2", "x.1=4", "N=2", "x.0=3"));
        Assert.Equal("its dimensions are N, z.0", Assert.Throws<Ir.DiagnosticException>(() => file.Load("M=2")).Diagnostics[0].Remedy);
        Assert.Equal("tensor<[N, 3], f32> tensor<[z.0, 3], f32>", Types(file, "x.1=3"));
    }

    [Fact]
    public void A_dimension_of_none_is_kept_with_a_warning_unless_bound()
    {
        using var file = Two(0, 1);
        Assert.Equal(["LT1305"], file.Load().Warnings.Select(w => w.Code));
        Assert.Equal("tensor<5x3, f32> tensor<1x3, f32>", Types(file, "x.0=5"));
    }

    [Theory]
    [InlineData("N")]
    [InlineData("N=")]
    [InlineData("=3")]
    [InlineData("N=-1")]
    [InlineData("N=5..2")]
    [InlineData("N=1.5")]
    [InlineData("N=99999999999999999999")]
    public void Text_that_binds_nothing_is_refused(string text) =>
        Assert.Equal("LT1301", Assert.Throws<Ir.DiagnosticException>(() => Lathe.Onnx.DimBinding.Parse(text)).Diagnostics[0].Code);

    [Fact]
    public void An_input_whose_contents_are_known_is_a_weight()
    {
        using var file = new OnnxFile().Input("x", "n", 3).Input("shape", 1).Node("Reshape", "x shape", "y").Output("y");
        file.Model.Graph.Input[1].Type.TensorType.ElemType = 7;
        Assert.Equal("tensor<[shape.0], f32>", file.Load().Graph.Outputs[0].Type.ToString()); // else a run tells
        Lathe.Onnx.ImportResult Load(string name, Ir.Tensor tensor) => Lathe.Onnx.OnnxModel.Load(file.Save(), new(default, [(name, tensor)]));
        var graph = Load("shape", Ir.Tensor.Of([1], -1L)).Graph;
        Assert.Equal(["x"], graph.Inputs.Select(i => i.Name));
        Assert.Equal("tensor<[n * 3], f32>", graph.Outputs[0].Type.ToString());
        Assert.Contains("LT1308: shape: the input is tensor<1, i64>, its constant is tensor<2, i64>", Assert.Throws<Ir.DiagnosticException>(() => Load("shape", Ir.Tensor.Of([2], -1L, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("LT1307: the model has no input form", Assert.Throws<Ir.DiagnosticException>(() => Load("form", Ir.Tensor.Of([1], -1L))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_are_no_tensors_or_have_no_shape_are_diagnosed()
    {
        using var file = new OnnxFile().Output("y").Node("Relu", "a", "y");
        file.Model.Graph.Input.Add(new ValueInfoProto { Name = "a", Type = new() { TensorType = new() { ElemType = 1 } } });
        file.Model.Graph.Input.Add(new ValueInfoProto { Name = "b", Type = new() { SequenceType = new() { ElemType = new() } } });
        file.Model.Graph.Input.Add(new ValueInfoProto { Name = "c" });
        file.Model.Graph.Input.Add(OnnxFile.Typed("d", 99));
        file.Model.Graph.Input.Add(OnnxFile.Typed("e", 8, 2));
        file.Model.Graph.Input.Add(OnnxFile.Typed("a", 1, 2));
        Assert.Equal(["LT1212 a", "LT1211 b", "LT1211 c", "LT1103 d", "LT1211 e", "LT1201 a"], file.Faults().Select(f => f[..8]));
    }
}
