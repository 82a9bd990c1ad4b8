using Lathe.Ir;
using Lathe.Onnx;
using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>Old forms of operators said in new ones: constants that are added stand in braces.</summary>
public sealed class RaiseTests
{
    private static readonly Value Image = new("x", new TensorType([2, 6, 4, 4], Scalar.F32));

    /// <summary>The node raised until nothing in it is old.</summary>
    private static string Raised(long opset, string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var values = new List<Value>
        {
            Image, new("empty", new TensorType([0], Scalar.F32), [Bytes.Zeros(0)]), new("half", new TensorType([2, 6], Scalar.F16)),
            new("up", new TensorType([4], Scalar.F32), [Bytes.Of<float>([1, 1, 2, 2])]), new("down", new TensorType([4], Scalar.F32), [Bytes.Of<float>([1, 1, 0.5f, 0.5f])]),
            new("both", new TensorType([4], Scalar.F32), [Bytes.Of<float>([1, 1, 2, 0.5f])]),
        };
        foreach (var name in "s b m v indices updates grid rois shape".Split(' ')) values.Add(new(name, new TensorType([6], Scalar.F32)));
        var scope = new RaiseScope(name => values.Find(v => v.Name == name), values.Add, new Names(values.Select(v => v.Name).Append("y")), new TensorReader(new ExternalFiles("/")));
        var node = new FunctionInliner([], new Names([]), new Report()).Inline([OnnxFile.NodeOf(op, inputs, outputs, attributes)], new Opsets([new OperatorSetIdProto { Version = opset }]))[0];
        return string.Join("; ", All(node).Select(Text));

        IEnumerable<OnnxNode> All(OnnxNode n) => Raise.Find(n) is { } raise ? raise.Apply(n, scope).SelectMany(All) : [n];
        string Text(OnnxNode n) => $"{string.Join(", ", n.Outputs)} = {n.OpType}({string.Join(", ", n.Inputs.Select(Show))}{string.Concat(n.Attributes.Values.Select(a => $", {a.Name}={Shown(a)}"))})";
        string Show(string name) => values.Find(v => v.Name == name) is { Known: { } known } && name is not ("up" or "down" or "both") ? $"{{{string.Join(" ", known)}}}" : name == "" ? "_" : name;
    }

    private static object Shown(AttributeProto a) => (AttributeKind)a.Type switch { AttributeKind.Int => a.I, AttributeKind.Float => a.F, AttributeKind.String => a.S.ToStringUtf8(), _ => a.Ints };

    [Theory]
    [InlineData("Squeeze", 11)]
    [InlineData("Unsqueeze", 12)]
    [InlineData("ReduceSum", 12)]
    [InlineData("ReduceMean", 17)]
    [InlineData("ReduceMax", 13)]
    [InlineData("ReduceL2", 7)]
    public void Axes_become_an_operand(string op, long opset)
    {
        Assert.Equal($"y = {op}(x, {{2 3}})", Raised(opset, op, "x", "y", ("axes", new[] { 2L, 3 })));
        Assert.Equal($"y = {op}(x)", Raised(opset, op, "x", "y"));
    }

    [Fact]
    public void Current_forms_stay()
    {
        Assert.Equal("y = ReduceSum(x, s)", Raised(13, "ReduceSum", "x s", "y"));
        Assert.Equal("y = ReduceMean(x, s)", Raised(18, "ReduceMean", "x s", "y"));
        Assert.Equal("y = Softmax(x, axis=1)", Raised(13, "Softmax", "x", "y", ("axis", 1L)));
    }

    [Fact]
    public void Bounds_of_slice_become_operands() =>
        Assert.Equal("y = Slice(x, {0}, {-1}, {2})", Raised(9, "Slice", "x", "y", ("starts", new[] { 0L }), ("ends", new[] { -1L }), ("axes", new[] { 2L })));

    [Fact]
    public void Bounds_of_clip_become_operands_of_the_kind_of_the_data()
    {
        Assert.Equal("y = Clip(x, {0.0}, {6.0})", Raised(6, "Clip", "x", "y", ("min", 0f), ("max", 6f)));
        Assert.Equal("y = Clip(half, _, {6.0})", Raised(10, "Clip", "half", "y", ("max", 6f)));
    }

    [Fact]
    public void Pads_become_operands()
    {
        Assert.Equal("y = Pad(x, {0 0 1 1 0 0 1 1}, mode=reflect)", Raised(10, "Pad", "x", "y", ("pads", new[] { 0L, 0, 1, 1, 0, 0, 1, 1 }), ("mode", "reflect")));
        Assert.Equal("y = Pad(half, {1 1 1 1}, {2.0})", Raised(2, "Pad", "half", "y", ("pads", new[] { 1L, 1, 1, 1 }), ("value", 2f)));
    }

    [Fact]
    public void The_count_of_topk_becomes_an_operand() => Assert.Equal("y, i = TopK(x, {3}, axis=1)", Raised(9, "TopK", "x", "y i", ("k", 3L), ("axis", 1L)));

    [Fact]
    public void The_parts_of_split_become_an_operand_or_a_count()
    {
        Assert.Equal("y, z = Split(x, {2 4}, axis=1)", Raised(11, "Split", "x", "y z", ("axis", 1L), ("split", new[] { 2L, 4 })));
        Assert.Equal("y, z = Split(x, axis=1, num_outputs=2)", Raised(11, "Split", "x", "y z", ("axis", 1L)));
        Assert.Equal("y, z = Split(x, num_outputs=2)", Raised(13, "Split", "x", "y z"));
        Assert.Equal("y, z = Split(x, s)", Raised(13, "Split", "x s", "y z"));
    }

    [Fact]
    public void Softmax_over_several_axes_goes_through_a_matrix()
    {
        Assert.Equal("y = Softmax(x, axis=-1)", Raised(11, "Softmax", "x", "y", ("axis", 3L)));
        Assert.Equal("y = LogSoftmax(half, axis=-1)", Raised(11, "LogSoftmax", "half", "y"));
        Assert.Equal("y.matrix = Flatten(x, axis=1); y.flat = Softmax(y.matrix, axis=1); y.shape = Shape(x); y = Reshape(y.flat, y.shape)", Raised(8, "Softmax", "x", "y"));
        Assert.Contains("axis=2); y.flat = Hardmax", Raised(11, "Hardmax", "x", "y", ("axis", -2L)), StringComparison.Ordinal);
        Assert.Throws<TypeException>(() => Raised(11, "Softmax", "x", "y", ("axis", 9L)));
    }

    [Fact]
    public void Dropout_drops_nothing()
    {
        Assert.Equal("y = Dropout(x)", Raised(7, "Dropout", "x", "y", ("ratio", 0.3f)));
        Assert.Equal("y, mask = Dropout(x)", Raised(10, "Dropout", "x", "y mask", ("ratio", 0.3f)));
        Assert.Equal("y, mask.bool = Dropout(half); mask = Cast(mask.bool, to=10)", Raised(7, "Dropout", "half", "y mask"));
    }

    [Fact]
    public void Batch_normalization_drops_old_attributes_and_refuses_training()
    {
        Assert.Equal("y = BatchNormalization(x, s, b, m, v)", Raised(7, "BatchNormalization", "x s b m v", "y", ("spatial", 1L)));
        Assert.Equal("y = BatchNormalization(x, s, b, m, v)", Raised(9, "BatchNormalization", "x s b m v", "y _ _"));
        Assert.Throws<TypeException>(() => Raised(9, "BatchNormalization", "x s b m v", "y mean"));
    }

    [Fact]
    public void Batch_normalization_of_every_place_is_arithmetic() => Assert.Equal(
        "y.shifted = Sub(x, m); y.variance = Add(v, {0.5}); y.deviation = Sqrt(y.variance); y.scaled = Div(y.shifted, y.deviation); y.weighted = Mul(y.scaled, s); y = Add(y.weighted, b)",
        Raised(8, "BatchNormalization", "x s b m v", "y", ("spatial", 0L), ("epsilon", 0.5f)));

    [Fact]
    public void Upsample_is_resize()
    {
        Assert.Equal("y = Resize(x, _, {1.0 1.0 2.0 2.0}, coordinate_transformation_mode=asymmetric, mode=nearest, nearest_mode=floor)", Raised(7, "Upsample", "x", "y", ("mode", "nearest"), ("scales", new[] { 1f, 1, 2, 2 })));
        Assert.Equal("y = Resize(x, _, up, coordinate_transformation_mode=asymmetric, mode=linear)", Raised(9, "Upsample", "x up", "y", ("mode", "linear")));
    }

    [Fact]
    public void The_first_resize_takes_the_pixel_after_where_it_shrinks()
    {
        Assert.Equal("y = Resize(x, _, down, coordinate_transformation_mode=asymmetric, nearest_mode=ceil)", Raised(10, "Resize", "x down", "y"));
        Assert.Equal("y.shrunk = Resize(x, _, {1.0 1.0 1.0 0.5}, coordinate_transformation_mode=asymmetric, nearest_mode=ceil); y = Resize(y.shrunk, _, {1.0 1.0 2.0 1.0}, coordinate_transformation_mode=asymmetric, nearest_mode=floor)", Raised(10, "Resize", "x both", "y"));
    }

    [Fact]
    public void Empty_operands_of_resize_are_absent() => Assert.Equal("y = Resize(x, _, up)", Raised(11, "Resize", "x empty up", "y"));

    [Fact]
    public void Scatter_has_another_name() => Assert.Equal("y = ScatterElements(x, indices, updates, axis=1)", Raised(9, "Scatter", "x indices updates", "y", ("axis", 1L)));

    [Fact]
    public void A_filled_tensor_is_expanded()
    {
        Assert.Equal("y = Expand({0.0}, shape)", Raised(9, "ConstantOfShape", "shape", "y"));
        Assert.Equal("y = Expand({5}, shape)", Raised(20, "ConstantOfShape", "shape", "y", ("value", new TensorProto { DataType = 7, Dims = { 1 }, Int64Data = { 5 } })));
    }

    [Fact]
    public void Broadcasting_along_a_given_axis_is_aligned()
    {
        Assert.Equal("y = Add(x, s)", Raised(6, "Add", "x s", "y", ("broadcast", 1L)));
        Assert.Equal("y.aligned = Unsqueeze(s, {1 2}); y = Mul(x, y.aligned)", Raised(6, "Mul", "x s", "y", ("broadcast", 1L), ("axis", 1L)));
        Assert.Equal("y = Sub(x, s)", Raised(6, "Sub", "x s", "y", ("broadcast", 1L), ("axis", -1L)));
        Assert.Throws<TypeException>(() => Raised(6, "Sub", "x s", "y", ("broadcast", 1L), ("axis", 4L)));
        Assert.Equal("y.slope = Unsqueeze(s, {1 2}); y = PRelu(x, y.slope)", Raised(6, "PRelu", "x s", "y"));
        Assert.Equal("y = Gemm(half, s, s, transB=1)", Raised(6, "Gemm", "half s s", "y", ("broadcast", 1L), ("transB", 1L)));
        Assert.Equal("y = BatchNormalization(x, s, b, m, v)", Raised(6, "BatchNormalization", "x s b m v", "y", ("is_test", 1L)));
    }

    [Fact]
    public void Group_normalization_repeats_the_numbers_of_a_group() => Assert.Equal(
        "y.scale.column = Reshape(s, {3 1}); y.scale.wide = Expand(y.scale.column, {3 2}); y.scale = Reshape(y.scale.wide, {6}); "
        + "y.bias.column = Reshape(b, {3 1}); y.bias.wide = Expand(y.bias.column, {3 2}); y.bias = Reshape(y.bias.wide, {6}); "
        + "y = GroupNormalization(x, y.scale, y.bias, num_groups=3)", Raised(18, "GroupNormalization", "x s b", "y", ("num_groups", 3L)));

    [Fact]
    public void Modes_and_defaults_that_changed_are_said()
    {
        Assert.Equal("y = GridSample(x, grid, mode=linear)", Raised(16, "GridSample", "x grid", "y"));
        Assert.Equal("y = GridSample(x, grid, mode=cubic)", Raised(16, "GridSample", "x grid", "y", ("mode", "bicubic")));
        Assert.Equal("y = RoiAlign(x, rois, indices, coordinate_transformation_mode=output_half_pixel)", Raised(10, "RoiAlign", "x rois indices", "y"));
        Assert.Equal("y = DFT(x, _, {1})", Raised(17, "DFT", "x", "y"));
    }

    [Fact]
    public void Foreign_operators_are_found_by_their_domain()
    {
        var node = OnnxNode.Of("FastGelu", ["x"], ["y"]);
        Assert.Null(Raise.Find(node));
        Assert.NotNull(Raise.Find(node with { Domain = "com.microsoft", Opset = 1 }));
        Assert.Null(Raise.Find(OnnxNode.Of("Squeeze", ["x"], ["y"]) with { Domain = "com.microsoft", Opset = 1 }));
    }

    [Fact]
    public void Forms_of_the_first_opsets_are_raised()
    {
        Assert.Equal("y = Reshape(x, {2 -1})", Raised(1, "Reshape", "x", "y", ("shape", new[] { 2L, -1 }), ("consumed_inputs", new[] { 0L })));
        Assert.Equal("y = Cast(x, to=7)", Raised(1, "Cast", "x", "y", ("to", "INT64")));
        Assert.Equal("y = Pad(x, {0 0 1 1 0 0 1 1})", Raised(1, "Pad", "x", "y", ("paddings", new[] { 0L, 0, 1, 1, 0, 0, 1, 1 })));
        Assert.Equal("y = Concat(x, x, axis=1)", Raised(1, "Concat", "x x", "y"));
        Assert.Equal("y = LpPool(x, p=3)", Raised(1, "LpPool", "x", "y", ("p", 3f)));
        Assert.Equal("y = Relu(x)", Raised(5, "Relu", "x", "y", ("consumed_inputs", new[] { 0L })));
        Assert.Equal("y = LSTM(x, s, b, hidden_size=4)", Raised(1, "LSTM", "x s b", "y", ("hidden_size", 4L), ("output_sequence", 1L)));
    }
}
