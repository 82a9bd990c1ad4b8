using Lathe.Onnx;
using Lathe.Onnx.Proto;

namespace Lathe.UnitTests.Onnx;

/// <summary>Functions that a model defines for itself are written out where they are called.</summary>
public sealed class FunctionTests
{
    private static OnnxFile File() => new OnnxFile().Opset(21).Opset(1, "local").Input("x", 2, 3);

    private static string Text(OnnxFile file) => string.Join("; ", file.Load().Graph.Nodes.Select(n => $"{n.Result.Name} = {n.Op}({string.Join(", ", n.Operands.Select(v => v?.Name))})"));

    [Fact]
    public void Each_call_gets_names_of_its_own()
    {
        using var file = File().Function("Twice", "a", "c", OnnxFile.NodeOf("Add", "a a", "b"), OnnxFile.NodeOf("Relu", "b", "c"))
            .Node("local:Twice", "x", "p").Node("local:Twice", "p", "q").Output("q");
        Assert.Equal("make_p/b = add()(x, x); p = relu()(make_p/b); make_q/b = add()(p, p); q = relu()(make_q/b)", Text(file));
    }

    [Fact]
    public void Functions_call_functions()
    {
        using var file = File().Function("Inner", "a", "b", OnnxFile.NodeOf("Relu", "a", "b"))
            .Function("Outer", "a", "c", OnnxFile.NodeOf("local:Inner", "a", "b"), OnnxFile.NodeOf("local:Inner", "b", "c"))
            .Node("local:Outer", "x", "y").Output("y");
        Assert.Equal("make_y/b = relu()(x); y = relu()(make_y/b)", Text(file));
    }

    [Fact]
    public void Attributes_are_those_of_the_caller_or_the_default_or_absent()
    {
        using var file = File().Function("Soft", "a", "b", OnnxFile.NodeOf("Softmax", "a", "b", ("axis", OnnxFile.Reference("axis", "along", (int)AttributeKind.Int))))
            .Node("local:Soft", "x", "p", ("along", 0L)).Node("local:Soft", "p", "q").Output("q");
        var function = file.Model.Functions[0];
        function.Attribute.Add("along");
        Assert.Equal("p = softmax(axis=0)(x); q = softmax()(p)", Text(file));
        function.Attribute.Clear();
        function.AttributeProto.Add(AttributeKinds.Make("along", 1L));
        Assert.Equal("p = softmax(axis=0)(x); q = softmax(axis=1)(p)", Text(file));
        file.Model.Graph.Node[0].Attribute[0].Name = "across";
        Assert.Equal("LT2002 make_p: Soft has no attribute across", Assert.Single(file.Faults()));
    }

    [Fact]
    public void An_overload_is_another_function()
    {
        using var file = File().Function("F", "a", "b", OnnxFile.NodeOf("Relu", "a", "b")).Function("F", "a", "b", OnnxFile.NodeOf("Add", "a a", "b"))
            .Node("local:F", "x", "p").Node("local:F", "p", "q").Output("q");
        Assert.Contains("LT1208", file.Faults()[0], StringComparison.Ordinal);
        file.Model.Functions[1].Overload = "second";
        file.Model.Graph.Node[1].Overload = "second";
        Assert.Equal("p = relu()(x); q = add()(p, p)", Text(file));
    }

    [Fact]
    public void A_function_may_pass_an_input_through()
    {
        using var file = File().Function("Pass", "a b", "a c", OnnxFile.NodeOf("Add", "a b", "c")).Node("local:Pass", "x x", "p q").Node("Add", "p q", "y").Output("y");
        Assert.Equal("q = add()(x, x); p = identity()(x); y = add()(p, q)", Text(file));
    }

    [Fact]
    public void Functions_that_call_themselves_are_diagnosed()
    {
        using var file = File().Function("F", "a", "b", OnnxFile.NodeOf("local:G", "a", "b")).Function("G", "a", "b", OnnxFile.NodeOf("local:F", "a", "b")).Node("local:F", "x", "y").Output("y");
        Assert.Contains("LT1205 make_y/make_b/make_b: functions call each other without end: F → G → F", file.Faults());
    }

    [Fact]
    public void Functions_that_double_at_each_level_are_bounded()
    {
        using var file = File();
        for (var level = 0; level < 40; level++)
            file.Function($"F{level}", "a", "b", OnnxFile.NodeOf($"local:F{level + 1}", "a", "c"), OnnxFile.NodeOf($"local:F{level + 1}", "c", "b"));
        file.Function("F40", "a", "b", OnnxFile.NodeOf("Relu", "a", "b")).Node("local:F0", "x", "y").Output("y");
        Assert.Contains("LT1206 : more than 500000 nodes once functions are inlined", file.Faults());
    }

    [Fact]
    public void Calls_with_too_many_operands_or_results_are_diagnosed()
    {
        using var file = File().Function("F", "a", "b", OnnxFile.NodeOf("Relu", "a", "b")).Node("local:F", "x x", "p q").Output("p");
        Assert.Equal(["LT1207 make_p: the function F has 1 inputs, 2 are given", "LT1207 make_p: the function F has 1 outputs, 2 are given"], file.Faults());
    }

    [Fact]
    public void Graphs_inside_a_function_are_renamed_with_it()
    {
        var branch = new GraphProto { Name = "g", Node = { OnnxFile.NodeOf("Add", "b own", "r") }, Input = { new ValueInfoProto { Name = "own" } }, Output = { new ValueInfoProto { Name = "r" } } };
        var function = new FunctionProto { Name = "F", Domain = "local", Input = { "a" }, Output = { "c" }, OpsetImport = { new OperatorSetIdProto { Version = 21 } } };
        function.Node.Add(OnnxFile.NodeOf("Relu", "a", "b"));
        function.Node.Add(OnnxFile.NodeOf("If", "a", "c", ("then_branch", branch)));
        var flat = new FunctionInliner([function], new Names(["x", "y"]), new Report()).Inline([OnnxFile.NodeOf("local:F", "x", "y")], new Opsets([]));
        var inner = flat[1].Attributes["then_branch"].G;
        Assert.Equal(["make_y/b", "own"], inner.Node[0].Input);
        Assert.Equal("r", inner.Output[0].Name);
        Assert.Equal(["make_y/b"], Subgraphs.Captured(flat[1].Attributes.Values));
    }
}
