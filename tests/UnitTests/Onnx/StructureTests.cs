using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>Graphs that hang together, and those that do not: every fault of a model is named in one run.</summary>
public sealed class StructureTests
{
    private static string[] Names(OnnxFile file) => [.. file.Load().Graph.Nodes.Select(n => n.Result.Name)];

    [Fact]
    public void Names_of_values_come_from_the_model()
    {
        using var file = new OnnxFile().Input("x:0", 2).Weight("w/1", 2).Node("Add", "x:0 w/1", "sum").Node("Relu", "sum", "y").Output("y");
        var graph = file.Load().Graph;
        Assert.Equal("main", graph.Name);
        Assert.Equal(["x:0"], graph.Inputs.Select(v => v.Name));
        Assert.Equal(["sum", "y"], graph.Nodes.Select(n => n.Result.Name));
        Assert.Equal("tensor<2, f32>", Assert.Single(graph.Outputs).Type.ToString());
    }

    [Fact]
    public void A_graph_in_any_order_is_sorted()
    {
        using var file = new OnnxFile().Input("x", 2).Node("Relu", "b", "c").Node("Relu", "a", "b").Node("Relu", "x", "a").Output("c");
        Assert.Equal(["a", "b", "c"], Names(file));
    }

    [Fact]
    public void Every_cycle_is_named_with_its_nodes()
    {
        using var file = new OnnxFile().Input("x", 2)
            .Node("Add", "x c", "a").Node("Relu", "a", "b").Node("Relu", "b", "c")
            .Node("Relu", "q", "p").Node("Relu", "p", "q").Node("Relu", "c", "y").Output("y");
        Assert.Equal(["LT1204 make_a: nodes wait for each other: make_a → make_b → make_c → make_a", "LT1204 make_p: nodes wait for each other: make_p → make_q → make_p"], file.Faults().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_node_that_reads_itself_is_a_cycle()
    {
        using var file = new OnnxFile().Input("x", 2).Node("Add", "x y", "y").Output("y");
        Assert.Equal("LT1204 make_y: nodes wait for each other: make_y → make_y", Assert.Single(file.Faults()));
    }

    [Fact]
    public void Three_unknown_operators_are_named_at_once()
    {
        using var file = new OnnxFile().Opset(21).Opset(3, "acme").Input("x", 2)
            .Node("Rellu", "x", "a").Node("Softmix", "a", "b").Node("acme:Fancy", "b", "c").Node("acme:Fancy", "c", "y").Output("y");
        Assert.Equal(
        [
            "LT2001 make_a: operator Rellu (domain ai.onnx, opset 21) is not supported; used by make_a",
            "LT2001 make_b: operator Softmix (domain ai.onnx, opset 21) is not supported; used by make_b",
            "LT2001 make_c: operator Fancy (domain acme, opset 3) is not supported; used by 2 nodes: make_c, make_y",
        ], file.Faults());
        var fault = Assert.Throws<Ir.DiagnosticException>(() => file.Load()).Diagnostics[0];
        Assert.Equal("the nearest known operator is Relu", fault.Remedy);
    }

    [Fact]
    public void Missing_values_are_named_with_the_nearest_name()
    {
        using var file = new OnnxFile().Input("image", 2).Node("Relu", "imagge", "y").Output("y").Output("z");
        Assert.Equal(["LT1202 make_y: reads imagge, which nothing makes", "LT1203 z: the graph returns z, which nothing makes"], file.Faults());
        Assert.Equal("the nearest name is image", Assert.Throws<Ir.DiagnosticException>(() => file.Load()).Diagnostics[0].Remedy);
    }

    [Fact]
    public void A_value_is_made_once()
    {
        using var file = new OnnxFile().Input("x", 2).Weight("w", 2).Weight("w", 2).Node("Relu", "x", "a").Node("Relu", "x", "a").Node("Relu", "x", "w").Node("Add", "a w", "y").Output("y");
        Assert.Equal(
        [
            "LT1201 a weight: the value w is made twice: by a weight and by a weight",
            "LT1201 make_a: the value a is made twice: by make_a and by make_a",
            "LT1201 make_w: the value w is made twice: by a weight and by make_w",
        ], file.Faults().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Faults_of_tensors_types_and_structure_are_told_together()
    {
        using var file = new OnnxFile().Input("x", 2, 3)
            .Weight(new TensorProto { Name = "bad", DataType = 1, Dims = { 4 }, FloatData = { 1 } })
            .Weight("v", 4, 5)
            .Node("Add", "x bad", "a").Node("MatMul", "x v", "b").Node("Rellu", "b", "c").Node("Relu", "c", "y").Output("y");
        Assert.Equal(["LT1101", "LT2001", "LT2004"], file.Faults().Select(f => f[..6]));
    }

    [Fact]
    public void A_misfit_shows_the_node_and_both_shapes()
    {
        using var file = new OnnxFile().Input("x", 2, 3).Weight("v", 4, 5).Node("MatMul", "x v", "y").Output("y");
        var fault = Assert.Single(file.Faults());
        Assert.StartsWith("LT2004 make_y: mat_mul: ", fault, StringComparison.Ordinal);
        Assert.EndsWith("(operands %x tensor<2x3, f32>, @v tensor<4x5, f32>)", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_too_large_to_count_is_a_fault_of_the_model()
    {
        using var file = new OnnxFile().Input("x", 2, 3).Node("Constant", "", "n", ("value_ints", new[] { 1L << 62, 1L << 62 })).Node("Tile", "x n", "y").Output("y");
        Assert.StartsWith("LT2004 make_y: tile: sizes of operands or results exceed 2^63", Assert.Single(file.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_inputs_too_are_weights()
    {
        using var file = new OnnxFile().Opset(8).Input("x", 2).Input("w", 2).Weight("w", 2).Node("Add", "x w", "y").Output("y");
        file.Model.IrVersion = 3;
        var old = file.Load();
        Assert.Equal(["x"], old.Graph.Inputs.Select(i => i.Name));
        Assert.Empty(old.Warnings);
        file.Model.IrVersion = 8;
        Assert.Equal("LT1213", Assert.Single(file.Load().Warnings).Code);
    }

    [Fact]
    public void A_type_noted_in_the_file_is_advice()
    {
        using var file = new OnnxFile().Input("x", "n", 3).Node("Relu", "x", "a").Node("Relu", "a", "y");
        file.Model.Graph.ValueInfo.Add(OnnxFile.Typed("a", 1, 5, 4));
        file.Model.Graph.Output.Add(OnnxFile.Typed("y", 1, 7, 3));
        var result = file.Load();
        Assert.Equal("LT1306 a: the file declares tensor<[5, 4], f32>, the operators make tensor<[n, 3], f32>; the file's note is ignored", result.Warnings.Select(w => $"{w.Code} {w.Where}: {w.Message}").Single());
        Assert.Equal("tensor<[n, 3], f32>", result.Graph.Outputs[0].Type.ToString());
    }

    [Fact]
    public void What_the_file_says_of_itself_is_kept()
    {
        using var file = new OnnxFile().Opset(20).Opset(2, "ai.onnx.ml").Input("x", 2).Node("Relu", "x", "y").Output("y");
        (file.Model.ProducerName, file.Model.ProducerVersion, file.Model.DocString) = ("tests", "1.2", "a model");
        file.Model.MetadataProps.Add(new StringStringEntryProto { Key = "author", Value = "nobody" });
        var info = file.Load().Info;
        Assert.Equal(("tests", "1.2", 8L), (info.ProducerName, info.ProducerVersion, info.IrVersion));
        Assert.Equal([("", 20L), ("ai.onnx.ml", 2L)], info.Opsets);
        Assert.Equal([("author", "nobody")], info.Metadata);
        Assert.Equal(["a model"], info.Documentation);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.FilePath))), info.Hash);
    }

    [Theory]
    [InlineData("", "value_float", 2.5f, "tensor<f32>")]
    [InlineData("", "value_int", 3L, "tensor<i64>")]
    public void A_constant_is_a_weight(string inputs, string attribute, object value, string type)
    {
        using var file = new OnnxFile().Node("Constant", inputs, "c", (attribute, value)).Output("c");
        var graph = file.Load().Graph;
        Assert.Empty(graph.Nodes);
        Assert.Equal(type, Assert.Single(graph.Weights).Type.ToString());
    }

    [Fact]
    public void Constants_come_in_lists_tensors_and_sparse_tensors()
    {
        var sparse = new AttributeProto { Name = "sparse_value", Type = (int)Lathe.Onnx.AttributeKind.SparseTensor, SparseTensor = new() { Dims = { 3 }, Values = new() { DataType = 1, Dims = { 1 }, FloatData = { 4 } }, Indices = new() { DataType = 7, Dims = { 1 }, Int64Data = { 1 } } } };
        using var file = new OnnxFile()
            .Node("Constant", "", "a", ("value", OnnxFile.Floats("", 2))).Node("Constant", "", "b", ("value_ints", new[] { 1L, 2 }))
            .Node("Constant", "", "c", ("value_floats", new[] { 1f, 2 })).Node("Constant", "", "d", ("sparse_value", sparse))
            .Output("a").Output("b").Output("c").Output("d");
        Assert.Equal(["tensor<2, f32>", "tensor<2, i64>", "tensor<2, f32>", "tensor<3, f32>"], file.Load().Graph.Outputs.Select(o => o.Type.ToString()));
        using var bad = new OnnxFile().Node("Constant", "", "a").Node("Constant", "", "b", ("value_int", 1L), ("value_float", 1f)).Node("Constant", "", "c", ("other", 1L)).Node("Constant", "", "d", ("value", 1L)).Output("a");
        Assert.Equal(["LT2004 make_a", "LT2004 make_b", "LT2002 make_c", "LT2003 make_d"], bad.Faults().Select(f => f[..13]));
    }

    [Fact]
    public void Weights_stay_where_they_lie_in_the_file_in_constants_too()
    {
        TensorProto Large(string name) => new() { Name = name, DataType = 1, Dims = { 64, 64 }, RawData = Google.Protobuf.ByteString.CopyFrom(new byte[64 * 64 * 4]) };
        using var file = new OnnxFile().Input("x", 64, 64).Weight(Large("w")).Node("Constant", "", "c", ("value", Large(""))).Node("MatMul", "x w", "a").Node("MatMul", "a c", "y").Output("y");
        var result = file.Load();
        Assert.Equal(2, result.Graph.Weights.Count());
        Assert.All(result.Graph.Weights, w => Assert.InRange(w.Planes[0].Address - result.Info.Contents.Address, 1, result.Info.Contents.Length - w.Planes[0].Length));
    }

    [Fact]
    public void Attributes_are_checked_by_name_and_kind()
    {
        using var file = new OnnxFile().Input("x", 2, 3)
            .Node("Softmax", "x", "a", ("axes", 1L)).Node("Softmax", "a", "b", ("axis", "last")).Node("Relu", "b", "c", ("alpha", 1f)).Output("c");
        Assert.Equal(
        [
            "LT2002 make_a: Softmax has no attribute axes",
            "LT2003 make_b: Softmax: attribute axis must be a whole number, it is a text",
            "LT2002 make_c: Relu has no attribute alpha",
        ], file.Faults());
    }

    [Fact]
    public void A_node_cannot_name_more_results_than_there_are()
    {
        using var file = new OnnxFile().Input("x", 2).Node("Relu", "x", "a b").Node("Add", "a b", "y").Output("y");
        Assert.Equal("LT2007 make_a: Relu makes 1 result, the node names 2", Assert.Single(file.Faults()));
    }
}
